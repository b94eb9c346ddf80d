import fc from 'fast-check';
import { parseFilter, type FilterNode, type FilterValue, type RecallFilter } from '../domain/search/filters';
import { DEFAULT_BANK } from '../domain/bank/bank';
import type { Memory } from '../domain/memory/memory';
import type { Actor } from '../kernel/actor';
import { isJsonObject, type JsonObject, type JsonValue } from '../kernel/json';
import { adminOf } from '../testing/actors';
import { openTestDatabase } from '../testing/database';
import { retrievalOver } from '../testing/retrieval';
import { createApiKeyStore } from './api-key.store';
import type { Database } from './database';

const actor: Actor = adminOf('filters');
const scope = { user_id: 'u1' };
let database: Database;
let app: ReturnType<typeof retrievalOver>;
let all: readonly Memory[];

const METADATA: readonly JsonObject[] = [
  {}, { a: null }, { a: 1 }, { a: 1.5 }, { a: -3 }, { a: '1' }, { a: 'ab' }, { a: 'B' }, { a: 'é' }, { a: true }, { a: false }, { a: [] },
  { a: [1, 'ab', true] }, { a: [[1]] }, { a: { b: 1 } }, { a: { b: 'ab' } }, { a: { b: [1.5] } }, { b: 1 }, { "a'": 1 }, { 'a.b': 1 }, { '': 1 },
];
const TOPICS = [[], ['food'], ['work'], ['food', 'work']];

beforeAll(async () => {
  database = await openTestDatabase();
  app = retrievalOver(database);
  await createApiKeyStore(database).ensureTenant(actor.tenantId);
  const made: Memory[] = [];
  for (const [index, metadata] of METADATA.entries()) {
    const validFrom = index % 3 === 0 ? null : new Date(Date.UTC(2024, index % 12, 1));
    made.push(await app.memories.create(actor, { bankId: DEFAULT_BANK, scope, fact: `thing number ${index}`, metadata, topics: TOPICS[index % 4] ?? [], validFrom }));
  }
  all = made;
});
afterAll(() => database.close());

const ids = async (filter: RecallFilter, query: string): Promise<string[]> => {
  const { hits } = await app.recall.recall(actor, { scopes: [{ scope }], query, filter, topK: 100 });
  return hits.flatMap((hit) => (hit.kind === 'MEMORY' ? [hit.memory.id] : [])).sort();
};

const at = (metadata: JsonObject, path: readonly string[]): JsonValue | undefined => {
  let value: JsonValue | undefined = metadata;
  for (const key of path) {
    if (Array.isArray(value)) value = /^-?\d+$/.test(key) ? (value as readonly JsonValue[]).at(Number(key)) : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
};
const compare = (a: string | number, b: string | number): number =>
  typeof a === 'string' && typeof b === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : Number(a) - Number(b);

/** The meaning of a filter, written a second time over plain objects. */
function holds(node: FilterNode, memory: Memory): boolean {
  switch (node.kind) {
    case 'and': return node.nodes.every((part) => holds(part, memory));
    case 'or': return node.nodes.some((part) => holds(part, memory));
    case 'not': return !holds(node.node, memory);
    case 'equals': return at(memory.metadata, node.path) === node.value;
    case 'in': return node.values.some((value) => at(memory.metadata, node.path) === value);
    case 'exists': return at(memory.metadata, node.path) !== undefined;
    case 'contains': {
      const value = at(memory.metadata, node.path);
      if (Array.isArray(value)) return (value as readonly JsonValue[]).includes(node.value);
      return typeof value === 'string' && typeof node.value === 'string' && value.includes(node.value);
    }
    case 'compare': {
      const value = at(memory.metadata, node.path);
      if (typeof value !== typeof node.value || (typeof value !== 'string' && typeof value !== 'number')) return false;
      const order = compare(value, node.value);
      return { lt: order < 0, lte: order <= 0, gt: order > 0, gte: order >= 0 }[node.operator];
    }
    case 'topics': return node.topics.some((topic) => memory.topics.includes(topic));
    case 'createdAt':
    case 'validFrom': {
      const date = memory[node.kind];
      return date !== null && (node.from === null || date >= node.from) && (node.to === null || date < node.to);
    }
    case 'sessionId': return memory.sessionId === node.sessionId;
  }
}

const value = fc.constantFrom<FilterValue>(1, 1.5, -3, 0, 1e21, '1', 'ab', 'a', 'B', 'é', '', "'; drop table memories; --", true, false);
const ordered = fc.constantFrom<string | number>(0, 1, 1.5, -5, 'ab', 'b', 'A', '');
const path = fc.constantFrom(['a'], ['b'], ['a', 'b'], ["a'"], ['a.b'], [''], ['a', '0'], ['a', 'b', 'c'], ["') or true --"]);
const date = fc.constantFrom(new Date('2024-02-01T00:00:00Z'), new Date('2024-06-15T12:00:00Z'), new Date('2020-01-01T00:00:00Z'), new Date('2100-01-01T00:00:00Z'));
const leaf: fc.Arbitrary<RecallFilter> = fc.oneof(
  fc.record({ path, equals: value }).map((metadata) => ({ metadata })),
  fc.record({ path, contains: value }).map((metadata) => ({ metadata })),
  fc.record({ path, in: fc.array(value, { maxLength: 3 }) }).map((metadata) => ({ metadata })),
  fc.record({ path, exists: fc.boolean() }).map((metadata) => ({ metadata })),
  fc.record({ path, lt: ordered }).map((metadata) => ({ metadata })),
  fc.record({ path, gte: ordered, lte: ordered }).map((metadata) => ({ metadata })),
  fc.record({ path, gt: ordered }).map((metadata) => ({ metadata })),
  fc.array(fc.constantFrom('food', 'work', 'none'), { maxLength: 2 }).map((topics) => ({ topics })),
  fc.record({ from: date, to: fc.option(date) }).map((validFrom) => ({ validFrom })),
  date.map((to) => ({ createdAt: { to } })),
  fc.uuid().map((sessionId) => ({ sessionId })),
);
const filter = fc.letrec<{ node: RecallFilter }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
    tie('node').map((not) => ({ not })),
    fc.tuple(leaf, tie('node')).map(([own, not]) => ({ ...own, not })),
  ),
})).node;

test('a filter means in the database what it means in words', async () => {
  await fc.assert(
    fc.asyncProperty(filter, fc.constantFrom('thing', 'what is it'), async (input, query) => {
      const node = parseFilter(input, 'input.filter');
      const expected = all.filter((memory) => holds(node, memory)).map(({ id }) => id).sort();
      expect(await ids(input, query)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('a filter on events reads their metadata, their time and their session, and no topic', async () => {
  const { id } = await app.sessions.create(actor, { userId: 'u1' });
  const occurredAt = new Date('2024-05-01T00:00:00Z');
  const [first] = await app.events.append(actor, id, [
    { author: 'USER', content: [{ type: 'text', text: 'an otter' }], metadata: { kind: 'x' }, occurredAt },
    { author: 'USER', content: [{ type: 'text', text: 'another otter' }], occurredAt: new Date('2025-05-01T00:00:00Z') },
  ]);
  const found = async (only: RecallFilter, query = 'otter') =>
    (await app.recall.recall(actor, { scopes: [{ scope }], kinds: ['EVENT'], query, filter: only })).hits.flatMap((hit) => (hit.kind === 'EVENT' ? [hit.event.id] : []));
  for (const query of ['otter', 'what']) {
    expect(await found({ metadata: { path: ['kind'], equals: 'x' } }, query)).toEqual([first?.id]);
    expect(await found({ validFrom: { to: new Date('2025-01-01T00:00:00Z') } }, query)).toEqual([first?.id]);
    expect(await found({ sessionId: id }, query)).toHaveLength(2);
    expect(await found({ topics: ['food'] }, query)).toEqual([]);
  }
});

const nested = (depth: number): RecallFilter => (depth === 1 ? { topics: ['x'] } : { not: nested(depth - 1) });
test.each<[string, RecallFilter]>([
  ['nothing', {}],
  ['an empty group', { and: [] }],
  ['no operator', { metadata: { path: ['a'] } }],
  ['an empty path', { metadata: { path: [], equals: 1 } }],
  ['NUL', { metadata: { path: ['a'], equals: 'x\u0000' } }],
  ['infinity', { metadata: { path: ['a'], equals: Infinity } }],
  ['a malformed session id', { sessionId: "x' or true" }],
  ['no date', { createdAt: { from: new Date('never') } }],
  ['seven levels', nested(7)],
  ['51 conditions', { or: Array.from({ length: 50 }, () => ({ topics: ['x'] })) }],
])('a filter with %s is refused', (_, input) => {
  expect(() => parseFilter(input, 'input.filter')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});

test('six levels and fifty conditions are accepted', () => {
  expect(parseFilter(nested(6), 'f')).toMatchObject({ kind: 'not' });
  expect(parseFilter({ or: Array.from({ length: 49 }, () => ({ topics: ['x'] })) }, 'f')).toMatchObject({ kind: 'or' });
});
