import type { Gateway } from '../../gateway';
import { planned } from '../../storage/sql';
import { adminOf } from '../actors';
import { startTestGateway } from '../gateway';
import { answer, startScriptedModel, type ScriptedModel } from '../scripted-model';
import { newAgent, send } from './agents';
import { createApiClient, type ApiClient } from './client';
import { until } from './until';

const BOUNDS = { events: 12, tokens: 1000 };
let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway({ summaries: BOUNDS });
  api = createApiClient(gateway.url);
}, 60_000);
afterAll(() => gateway.close());

const SUMMARY = 'query($id: ID!) { session(id: $id) { lastSeq summary { text fromSeq toSeq revision tokens writer points { text seqs } } summaries { revision fromSeq toSeq } events(last: 200) { seq } } }';
const summaryOf = async (id: string, client = api) => (await client.ask(SUMMARY, { id })).session;
const say = (text: string) => ({ author: 'USER', authorName: 'Ann', text });
const startSession = async (client = api): Promise<string> => (await client.ask('mutation { createSession(input: {userId: "ann", state: {step: "talking"}}) { id } }')).createSession.id;
const append = (id: string, events: readonly object[], client = api) => client.ask('mutation($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { seq } }', { id, events });
const chatter = (count: number) => Array.from({ length: count }, (_, n) => say(n === 3 ? 'The ferry to Bergen leaves on 12 May at 7:45 from pier 3.' : `Well, ${['yes', 'no', 'maybe', 'fine'][n % 4]}.`));
const settled = (id: string, toSeq: number, client = api) => until('a summary', async () => {
  const session = await summaryOf(id, client);
  return (session.summary?.toSeq ?? 0) >= toSeq ? session : null;
});

describe('a running summary', () => {
  it('covers the older events once a session has too many, and drops none', async () => {
    const id = await startSession();
    await append(id, chatter(12));
    expect((await summaryOf(id)).summary).toBeNull();
    await append(id, chatter(8));
    const { summary, events } = await settled(id, 10);
    expect(summary).toMatchObject({ fromSeq: 1, toSeq: 10, revision: 1, writer: 'offline/extractive', text: 'Ann: The ferry to Bergen leaves on 12 May at 7:45 from pier 3.' });
    expect(summary.points).toEqual([{ text: summary.text, seqs: [4] }]);
    expect(events).toHaveLength(20);

    await append(id, [say('The hotel in Bergen is called Strandhotel and costs 900 kroner.'), ...chatter(12)]);
    const next = await settled(id, 23);
    expect(next.summary).toMatchObject({ revision: 2, fromSeq: 1, toSeq: 23 });
    expect(next.summary.points.map(({ seqs }: { seqs: number[] }) => seqs)).toEqual([[4], [21]]);
    expect(next.summaries).toEqual([{ revision: 2, fromSeq: 1, toSeq: 23 }, { revision: 1, fromSeq: 1, toSeq: 10 }]);
    expect(next.events).toHaveLength(33);
  });

  it('is written for a session in which only agents talk to each other', async () => {
    const id = await startSession();
    const agent = await newAgent(api, 'worker');
    for (let n = 0; n < 20; n += 1) await send(api, { sessionId: id, toAgentId: agent, parts: [{ text: n === 3 ? 'The ferry to Bergen leaves on 12 May at 7:45 from pier 3.' : `Step ${n} is done.` }] });
    const { summary } = await settled(id, 6);
    expect(summary.text).toContain('The ferry to Bergen');
  });

  it('is written for few events with many tokens too', async () => {
    const id = await startSession();
    await append(id, Array.from({ length: 6 }, (_, n) => say(`Chapter ${n} of the long report tells of harbour ${n}. `.repeat(60))));
    const { summary } = await settled(id, 1);
    expect(summary.toSeq).toBeLessThan(6);
    expect(summary.tokens).toBeLessThanOrEqual(500);
  });

  it('stands in the context block before the turns that came since, and changes its stable part', async () => {
    const id = await startSession();
    const ask = async () => (await api.ask('query($id: ID!) { context(input: {sessionId: $id, query: "ferry", layers: [WORKING, SENSORY]}) { text stablePrefixHash items { kind seq why } } }', { id })).context;
    await append(id, chatter(12));
    const before = await ask();
    expect(before.text).not.toContain('## So far');
    await append(id, chatter(8));
    await settled(id, 10);
    const after = await ask();
    expect(after.text).toContain('## State\n[s1] step: talking\n## So far\n[h1] Ann: The ferry to Bergen leaves on 12 May at 7:45 from pier 3.\n## Last turns\n');
    expect(after.stablePrefixHash).not.toBe(before.stablePrefixHash);
    expect(after.items.filter(({ kind }: { kind: string }) => kind === 'EVENT').map(({ seq }: { seq: number }) => seq)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(after.items[1]).toEqual({ kind: 'SUMMARY', seq: 4, why: 'running summary, from event 4' });
    await append(id, [say('One more.')]);
    const seqs = (await ask()).items.filter(({ kind }: { kind: string }) => kind === 'EVENT').map(({ seq }: { seq: number }) => seq);
    expect(seqs).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
  });

  it('is one per range however many jobs and appends there are at once', async () => {
    const id = await startSession();
    await append(id, chatter(15));
    const { tenantId } = adminOf('default');
    const { outbox } = (await import('../../storage/stores')).createStores(gateway.composition.platform.database, gateway.composition.platform.bus);
    await Promise.all([
      ...Array.from({ length: 6 }, () => outbox.enqueue(adminOf('default'), 'session.summary', { tenantId, sessionId: id })),
      ...Array.from({ length: 20 }, () => append(id, chatter(4))),
    ]);
    const { summaries, lastSeq, events } = await until('all looks', async () => {
      const jobs = await gateway.composition.platform.database.query(planned('test.jobs', `select 1 from jobs where name = 'session.summary' and dead_at is null`), []);
      if (jobs.length > 0) return null;
      const session = await summaryOf(id);
      return session.lastSeq - (session.summaries[0]?.toSeq ?? 0) <= BOUNDS.events ? session : null;
    }, 60_000);
    expect([lastSeq, events.length]).toEqual([95, 95]);
    const ends: number[] = summaries.map(({ toSeq }: { toSeq: number }) => toSeq);
    expect(ends).toEqual([...new Set(ends)].sort((a, b) => b - a));
    expect(summaries.map(({ revision }: { revision: number }) => revision)).toEqual(summaries.map((_: unknown, n: number) => summaries.length - n));
  }, 90_000);

  it('goes with its session', async () => {
    const id = await startSession();
    await append(id, chatter(20));
    await settled(id, 10);
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id });
    expect(await gateway.composition.platform.database.query(planned('test.summaries', 'select 1 from session_summaries where session_id = $1'), [id])).toEqual([]);
  });
});

describe('a summary by a model', () => {
  let model: ScriptedModel;
  let own: Gateway;
  beforeAll(async () => {
    const points = [
      { points: [{ text: 'The ferry leaves at 7:45.', turns: [4] }, { text: 'Invented.', turns: [999] }] },
      { points: [{ text: 'The ferry leaves at 7:45.', turns: [4, 4] }, { text: 'Invented again.', turns: [999] }] },
    ];
    model = await startScriptedModel(points.map((point) => answer(point)));
    own = await startTestGateway({ summaries: BOUNDS, chat: { kind: 'openai', models: [{ baseUrl: model.url, apiKey: '', model: 'scripted' }], temperature: null, maxTokens: 4096, timeoutMs: 10_000 } });
  }, 60_000);
  afterAll(async () => {
    await own.close();
    await model.close();
  });

  it('cites turns that exist, after one chance to mend it', async () => {
    const client = createApiClient(own.url);
    const id = await startSession(client);
    await append(id, chatter(20), client);
    const { summary } = await settled(id, 10, client);
    expect(summary).toMatchObject({ writer: expect.stringContaining('scripted'), points: [{ text: 'The ferry leaves at 7:45.', seqs: [4] }] });
    expect(model.requests).toHaveLength(2);
  });
});
