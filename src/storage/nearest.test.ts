import { DEFAULT_BANK } from '../domain/bank/bank';
import type { FilterNode } from '../domain/search/filters';
import type { SearchPools } from '../domain/search/search.store';
import type { Actor } from '../kernel/actor';
import { newId } from '../kernel/ids';
import { scopeHash, scopeSubsetHashes, type Scope } from '../kernel/scope';
import { adminOf } from '../testing/actors';
import { openTestDatabase } from '../testing/database';
import { until } from '../testing/e2e/until';
import { templateUrl } from '../testing/services';
import { createApiKeyStore } from './api-key.store';
import type { Database } from './database';
import { createLexiconStore } from './lexicon.store';
import { createMemorySearchStore } from './memory-search.store';
import { planned, type Sql } from './sql';
import { toVector } from './vector';
import { indexedFrom, isApproximate, vectorIndexName } from './vector-index';

/** The embedded engine compares all vectors, whatever there is. */
const HAS_INDEXES = templateUrl() !== null;
const [SPACE, DIMENSION, TOPICS] = ['test/near@24', 24, 20];
const SEED = 20261121;
const big: Scope = { user_id: 'big' };
const small: Scope = { user_id: 'small', project: 'p' };

interface Row {
  readonly id: string;
  readonly scope: Scope;
  readonly vector: readonly number[];
}

let database: Database;
let rows: readonly Row[];
let foreign: readonly Row[];
const [mine, theirs] = [adminOf('near-mine'), adminOf('near-theirs')];
const random = generator(SEED);
beforeAll(async () => {
  database = await openTestDatabase();
  rows = [...Array.from({ length: 2400 }, () => rowOf(big)), ...Array.from({ length: 90 }, () => rowOf(small)), ...Array.from({ length: 14 }, () => rowOf({ user_id: 'few' }))];
  foreign = Array.from({ length: 1200 }, () => rowOf(big));
  await store(mine, rows);
  await store(theirs, foreign);
  await grow();
});
afterAll(() => database.close());

const run = <R extends object>(text: string, values: readonly unknown[] = []) => database.query<R>(planned('test', text), values);
const grow = () => database.growVectorIndexes({ space: SPACE, dimension: DIMENSION }, new AbortController().signal, 1000);
const pool = (scope: Scope, match: 'EXACT' | 'SUBSET' = 'EXACT'): SearchPools => ({ bankId: DEFAULT_BANK, scopes: [{ scope, match }] });

const planOf = async (sql: Sql, text: string, values: readonly unknown[]): Promise<string> =>
  (await sql.query<{ 'QUERY PLAN': string }>(planned('test', `explain ${text}`), values)).map((line) => line['QUERY PLAN']).join('\n');

/** The ids of the ten nearest, and the statements that found them; `sorted` for a walk that is none. */
async function nearest(actor: Actor, pools: SearchPools, vector: readonly number[], filter: FilterNode | null = null): Promise<{ ids: string[]; ways: string[] }> {
  const ways: string[] = [];
  const watched = (sql: Sql): Sql => ({
    ...sql,
    query: async (statement, values) => {
      const way = /memory\.(walked|compared\w*)/.exec(statement.text)?.[1];
      if (way !== undefined) ways.push(way === 'walked' && !(await planOf(sql, statement.text, values)).includes('using memory_embeddings_near') ? 'sorted' : way);
      return sql.query(statement, values);
    },
    transact: (work) => sql.transact((tx) => work(watched(tx))),
  });
  const found = await createMemorySearchStore(watched(database)).find(actor, pools, filter, { lexical: null, vector: { space: SPACE, vector } }, 10);
  return { ids: found.map(({ memory }) => memory.id), ways };
}

const exact = (among: readonly Row[], vector: readonly number[]): string[] =>
  [...among].sort((a, b) => dot(b.vector, vector) - dot(a.vector, vector)).slice(0, 10).map(({ id }) => id);

/** The share of the ten truly nearest that are found, over many questions. */
async function recallOf(actor: Actor, pools: SearchPools, among: readonly Row[], filter: FilterNode | null = null): Promise<{ recall: number; ways: Set<string> }> {
  const ways = new Set<string>();
  let [hits, wanted] = [0, 0];
  for (let question = 0; question < 40; question += 1) {
    const vector = vectorNear();
    const truth = exact(among, vector);
    const found = await nearest(actor, pools, vector, filter);
    hits += truth.filter((id) => found.ids.includes(id)).length;
    wanted += truth.length;
    found.ways.forEach((way) => ways.add(way));
  }
  return { recall: hits / wanted, ways };
}

const within = (scope: Scope): Row[] => rows.filter((row) => Object.entries(scope).every(([key, value]) => row.scope[key] === value));

test(`a pool that is most of a large tenant is searched by the tenant's index and loses nothing worth mentioning (seed ${SEED})`, async () => {
  const { recall, ways } = await recallOf(mine, pool(big), within(big));
  expect([...ways]).toEqual([HAS_INDEXES ? 'walked' : 'compared']);
  expect(recall).toBeGreaterThanOrEqual(0.97);
});

test.each([
  ['a small part of its tenant', small, 'EXACT' as const],
  ['small, as part of a wider one', { project: 'p' }, 'SUBSET' as const],
  ['of fourteen rows', { user_id: 'few' }, 'EXACT' as const],
])('a pool that is %s is compared whole', async (_, scope, match) => {
  expect(await recallOf(mine, pool(scope, match), within(scope))).toEqual({ recall: 1, ways: new Set(['compared']) });
});

test('wider pools and several at once go the same ways', async () => {
  const subset = await recallOf(mine, pool(big, 'SUBSET'), within(big));
  const several = await recallOf(mine, { bankId: DEFAULT_BANK, scopes: [{ scope: big, match: 'EXACT' }, { scope: { project: 'p' }, match: 'SUBSET' }] }, [...within(big), ...within(small)]);
  for (const { recall, ways } of [subset, several]) {
    expect(recall).toBeGreaterThanOrEqual(0.97);
    expect([...ways]).toEqual([HAS_INDEXES ? 'walked' : 'compared']);
  }
});

test('a filter that lets few through is answered in full', async () => {
  const marked = within(big).filter((_, index) => index % 97 === 0);
  await run(`update memories set metadata = '{"kept": true}' where tenant_id = $1 and id = any ($2::uuid[])`, [mine.tenantId, marked.map(({ id }) => id)]);
  const filter: FilterNode = { kind: 'equals', path: ['kept'], value: true };
  expect((await recallOf(mine, pool(big), marked, filter)).recall).toBe(1);
});

test('what is near but superseded, expired or deleted makes room for what is not', async () => {
  const vector = vectorNear();
  const gone = [...within(big)].sort((a, b) => dot(b.vector, vector) - dot(a.vector, vector)).slice(0, 150).map(({ id }) => id);
  await run('update memories set superseded_by = $3, superseded_at = now() where tenant_id = $1 and id = any ($2::uuid[])', [mine.tenantId, gone.slice(0, 50), newId()]);
  await run('update memories set expires_at = now() where tenant_id = $1 and id = any ($2::uuid[])', [mine.tenantId, gone.slice(50, 100)]);
  await run('update memories set deleted_at = now() where tenant_id = $1 and id = any ($2::uuid[])', [mine.tenantId, gone.slice(100)]);
  const { ids } = await nearest(mine, pool(big), vector);
  expect(ids).toEqual(exact(within(big).filter(({ id }) => !gone.includes(id)), vector));
  await run('update memories set superseded_by = null, superseded_at = null, expires_at = null, deleted_at = null where tenant_id = $1', [mine.tenantId]);
});

test('another tenant never sees them, nor a key limited to another scope', async () => {
  const own = new Set(foreign.map(({ id }) => id));
  for (let question = 0; question < 20; question += 1) {
    const vector = (rows[question * 100] ?? rows[0])?.vector ?? [];
    const { ids } = await nearest(theirs, pool(big), vector);
    expect(ids).toHaveLength(10);
    expect(ids.filter((id) => !own.has(id))).toEqual([]);
    expect((await nearest(adminOf('near-nobody'), pool(big), vector)).ids).toEqual([]);
    expect((await nearest(adminOf(mine.tenantId, [small]), pool(big, 'SUBSET'), vector)).ids).toEqual([]);
    expect((await nearest(adminOf(mine.tenantId, [small]), pool({ project: 'p' }, 'SUBSET'), vector)).ids).toEqual(exact(within(small), vector));
  }
});

if (HAS_INDEXES) {
  const indexes = async (): Promise<string[]> => (await run<{ name: string }>(`
    select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = 'memory_embeddings'::regclass and i.indisvalid and c.relname like 'memory_embeddings_near%' order by 1`)).map(({ name }) => name);
  const both = [mine, theirs].map(({ tenantId }) => vectorIndexName(tenantId, SPACE)).sort();

  test('large tenants have an index each, small ones none, and one that a build left unfinished is built anew', async () => {
    expect(await indexes()).toEqual(both);
    await run('update pg_index set indisvalid = false where indexrelid = $1::regclass', [both[0]]);
    expect(await indexes()).toEqual([both[1]]);
    expect((await nearest(mine, pool(big), vectorNear())).ids).toHaveLength(10);
    await Promise.all([grow(), grow(), grow()]);
    expect(await indexes()).toEqual(both);
  });

  test('a build goes on when the gateway that asked for it stops', async () => {
    await run(`drop index ${both[0] ?? ''}`);
    const stopping = new AbortController();
    let building = Promise.resolve();
    await database.transact(async (tx) => {
      // It waits for transactions that were there before it.
      await tx.query(planned('test', 'update memory_embeddings set dimension = dimension where tenant_id = $1'), ['near-nobody']);
      building = database.growVectorIndexes({ space: SPACE, dimension: DIMENSION }, stopping.signal, 1000);
      await until('the build waits', async () => (await run(`select from pg_stat_activity where datname = current_database() and query ilike 'create index concurrently%' and wait_event_type = 'Lock'`)).length > 0);
      stopping.abort();
      await building;
      expect(await indexes()).toEqual([both[1]]);
    });
    await until('the index is there', async () => (await indexes()).length === 2);
  });

  test('what is written after the build is found', async () => {
    const added = rowOf(big);
    await store(mine, [added]);
    const { ids, ways } = await nearest(mine, pool(big), added.vector);
    expect(ways).toEqual(['walked']);
    expect(ids[0]).toBe(added.id);
  });
}

test('which way is quicker depends on how much of the tenant the pools hold', () => {
  expect([384, 1536].map(indexedFrom)).toEqual([11_000, 5000]);
  const ways = (total: number, dimension: number): boolean[] => [14, 0.01 * total, 0.5 * total, total].map((inPool) => isApproximate(100, inPool, total, dimension));
  for (const total of [20_000, 100_000, 1_000_000]) for (const dimension of [384, 1536]) expect(ways(total, dimension)).toEqual([false, false, true, true]);
});

function rowOf(scope: Scope): Row {
  return { id: newId(), scope, vector: vectorNear() };
}

/** Of one of twenty topics, which lie apart. */
function vectorNear(): number[] {
  const topic = generator(Math.floor(random() * TOPICS));
  const vector = Array.from({ length: DIMENSION }, () => topic() - 0.5 + 0.5 * (random() - 0.5));
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => Math.round((value / length) * 1e5) / 1e5);
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function store(actor: Actor, items: readonly Row[]): Promise<void> {
  await createApiKeyStore(database).ensureTenant(actor.tenantId);
  const hash = ({ scope }: Row): string => scopeHash(actor.tenantId, DEFAULT_BANK, scope);
  await run(`
    with given as (
      select t.* from unnest($2::uuid[], $3::jsonb[], $4::bigint[], $5::text[], $6::text[]) as t (id, scope, hash, sub, vector)),
    kept as (
      insert into memories (tenant_id, id, bank_id, scope, scope_hash, scope_sub, fact, fact_hash, confidence, tsv, length)
      select $1, id, '${DEFAULT_BANK}', scope, hash, sub::bigint[], id::text, uuid_send(id), 1, 'word', 1 from given)
    insert into memory_embeddings (tenant_id, model, memory_id, fact_hash, dimension, embedding, scope_hash, scope_sub)
    select $1, '${SPACE}', id, uuid_send(id), ${DIMENSION}, vector::vector, hash, sub::bigint[] from given`, [
    actor.tenantId, items.map(({ id }) => id), items.map(({ scope }) => JSON.stringify(scope)), items.map(hash),
    items.map(({ scope }) => `{${scopeSubsetHashes(actor.tenantId, DEFAULT_BANK, scope).join(',')}}`), items.map(({ vector }) => toVector(vector)),
  ]);
  await createLexiconStore(database).refresh(actor, 'memories');
  for (const table of ['memories', 'memory_embeddings']) await run(`analyze ${table}`);
}
