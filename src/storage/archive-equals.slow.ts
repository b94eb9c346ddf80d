import fc from 'fast-check';
import type { NewEvent } from '../domain/session/event';
import type { Actor } from '../kernel/actor';
import { DAYS, INLINE_BYTES, long, openArchiveWorld, say } from '../testing/archive-world';
import { openTestDatabase } from '../testing/database';
import { newTenant } from '../testing/tenant';
import type { Database } from './database';

let database: Database;
let world: Awaited<ReturnType<typeof openArchiveWorld>>;
beforeAll(async () => {
  database = await openTestDatabase();
  world = await openArchiveWorld(database);
});
afterAll(async () => {
  await world.close();
  await database.close();
});

const scope = { user_id: 'u' };
const WORDS = ['apple', 'giraffe', 'walrus', 'rain', 'Lisbon', 'cello'];
const words = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }).map((list) => list.join(' '));
const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: true }).map((value) => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')));
const text = fc.tuple(words, fc.boolean()).map(([said, isLong]) => (isLong ? `${said} ${'and so on '.repeat(INLINE_BYTES / 8)}` : said));
const part = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text, fromRecall: fc.boolean() }),
  fc.record({ type: fc.constant('data' as const), mediaType: fc.constant('application/json'), data: json }));
const delta = fc.dictionary(fc.constantFrom('a', 'b', 'user:c', 'temp:d'), fc.oneof(fc.constant(null), fc.integer(), words), { noNullPrototype: true });
const event: fc.Arbitrary<NewEvent> = fc.record({
  author: fc.constantFrom('USER' as const, 'AGENT' as const, 'TOOL' as const),
  content: fc.array(part, { maxLength: 2 }),
  actions: fc.record({
    stateDelta: delta, toolOutputs: fc.array(fc.record({ toolCallId: fc.constant('c'), output: fc.oneof(words, json) }), { maxLength: 2 }),
  }, { requiredKeys: [] }).map((actions) => ({ transferTo: 'x', ...actions })),
  occurredAt: fc.integer({ min: 0, max: 1000 }).map((day) => new Date(Date.UTC(2025, 0, day))),
});
type Step = { kind: 'append'; events: NewEvent[] } | { kind: 'archive' } | { kind: 'sweep' } | { kind: 'read'; from: number; limit: number; query: string };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const), events: fc.array(event, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'archive' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('read' as const), from: fc.integer({ min: 0, max: 15 }), limit: fc.integer({ min: 1, max: 10 }), query: words }) });

interface Twin {
  readonly actor: Actor;
  readonly id: string;
}
async function newTwin(): Promise<Twin> {
  const actor = await newTenant(database);
  return { actor, id: (await world.processOver().sessions.create(actor, { userId: 'u', scope })).id };
}

/** What two sessions of the same events have in common; a process of its own each time, so that no cache helps. */
async function answers({ actor, id }: Twin, from: number, limit: number, query: string) {
  const { events, recall, context } = world.processOver();
  const own = <T extends { id: string; sessionId: string; createdAt: Date }>({ id: _, sessionId: __, createdAt: ___, ...rest }: T) => rest;
  const { hits } = await recall.recall(actor, { scopes: [{ scope }], query, kinds: ['EVENT'], topK: 20 });
  return {
    range: (await events.readRange(actor, id, from, limit)).map(own),
    last: (await events.readLast(actor, [id], limit)).map((list) => list.map(own)),
    state: await events.stateAt(actor, id, from),
    hits: hits.map((hit) => [hit.kind === 'EVENT' ? own(hit.event) : null, hit.score, hit.explanation]),
    context: (await context.build(actor, { scopes: [{ scope }], query, budgetTokens: 1000 })).text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'),
  };
}

it('a session that is archived again and again answers as one that never is', async () => {
  let archived = 0;
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
    const [moved, still] = [await newTwin(), await newTwin()];
    for (const each of [...steps, { kind: 'archive' as const }, { kind: 'read' as const, from: 1, limit: 50, query: WORDS.join(' ') }]) {
      if (each.kind === 'append') for (const { actor, id } of [moved, still]) await world.processOver().events.append(actor, id, each.events);
      if (each.kind === 'archive') {
        await world.age(moved.id);
        archived += await world.processOver().archive.run(moved.actor, DAYS, 10);
      }
      if (each.kind === 'sweep') await world.sweep();
      if (each.kind === 'read') expect(await answers(moved, each.from, each.limit, each.query)).toEqual(await answers(still, each.from, each.limit, each.query));
    }
  }), { numRuns: 12 });
  expect(archived).toBeGreaterThan(0);
}, 120_000);

it('whoever says and deletes the same at once, with the sweeper between, keeps every object that a row refers to', async () => {
  const { actor } = await newTwin();
  const one = async (n: number): Promise<void> => {
    const { sessions, events } = world.processOver();
    for (let round = 0; round < 6; round += 1) {
      const { id } = await sessions.create(actor, { userId: 'u', scope });
      await events.append(actor, id, [say(long(String(round % 2)))]);
      if ((n + round) % 3 > 0) await sessions.remove(actor, id);
    }
  };
  const racing = new AbortController();
  const sweeper = (async () => {
    while (!racing.signal.aborted) {
      await world.sweep();
      // Names are used again at once here: the rest they have otherwise would hide what is tested.
      await world.run(`delete from objects where tenant_id = $1 and removed_at is not null`, [actor.tenantId]);
    }
  })();
  await Promise.all(Array.from({ length: 6 }, (_, n) => one(n)));
  racing.abort();
  await sweeper;
  const { sessions, events } = world.processOver();
  const { items } = await sessions.list(actor, {}, { limit: 100, offset: 0, after: null });
  expect(items.length).toBeGreaterThan(6);
  for (const { id, lastSeq } of items) expect(await events.readRange(actor, id, 1, 10)).toHaveLength(lastSeq);
});
