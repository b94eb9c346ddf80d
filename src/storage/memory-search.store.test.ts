import { DEFAULT_BANK } from '../domain/bank/bank';
import type { MemoryLexicalArm, SearchPools } from '../domain/search/search.store';
import type { Actor } from '../kernel/actor';
import { openTestDatabase } from '../testing/database';
import { retrievalOver } from '../testing/retrieval';
import { newTenant } from '../testing/tenant';
import type { Database } from './database';
import { createMemorySearchStore } from './memory-search.store';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const pools: SearchPools = { bankId: DEFAULT_BANK, scopes: [{ scope: { user_id: 'u1' }, match: 'EXACT' }] };
const seeds = (weights: Record<string, number>) => Object.entries(weights).map(([lexeme, weight]) => ({ lexeme, weight }));

/** What words found, best first, with the score of each. */
async function found(actor: Actor, arm: Partial<MemoryLexicalArm>): Promise<[string, number][]> {
  const lexical = { terms: [], common: [], together: [], averageLength: 4, ...arm };
  const candidates = await createMemorySearchStore(database).find(actor, pools, null, { lexical, vector: null }, 500);
  return candidates.map(({ memory, lexical: words }) => [memory.fact, words?.score ?? 0]);
}

const FACTS = ['boat harbor captain', 'boat harbor sailor', 'boat motor sailor', 'captain motor sailor', 'tea kettle sailor'];
const COMMON = seeds({ captain: 4, harbor: 2, boat: 1 });

test('rows that have common words together are found by all that they have, each once', async () => {
  const actor = await newTenant(database);
  const { memories } = retrievalOver(database);
  for (const fact of FACTS) await memories.create(actor, { bankId: DEFAULT_BANK, scope: { user_id: 'u1' }, fact });
  const facts = async (arm: Partial<MemoryLexicalArm>) => (await found(actor, arm)).map(([fact]) => fact);

  expect(await facts({ common: COMMON, together: [['captain', 'harbor', 'boat'], ['captain', 'harbor'], ['captain']] })).toEqual([FACTS[0], FACTS[3]]);
  expect(await facts({ common: COMMON, together: [['harbor', 'boat']] })).toEqual([FACTS[0], FACTS[1]]);
  // Where a term leads they only count.
  const led = await found(actor, { terms: seeds({ motor: 8 }), common: COMMON });
  expect(led.map(([fact]) => fact)).toEqual([FACTS[3], FACTS[2]]);
  expect((led[0]?.[1] ?? 0) / (led[1]?.[1] ?? 1)).toBeCloseTo((8 + 4) / (8 + 1));
  // Both at once: what a term and common words led to is one row with one score.
  expect(await found(actor, { terms: seeds({ motor: 8 }), common: COMMON, together: [['captain']] })).toEqual([...led, [FACTS[0], expect.any(Number)]]);
});

test('common words lead to a bounded number of rows, those that have all of them first', async () => {
  const actor = await newTenant(database);
  const { memories } = retrievalOver(database);
  const create = (fact: string) => memories.create(actor, { bankId: DEFAULT_BANK, scope: { user_id: 'u1' }, fact });
  for (let n = 0; n < 210; n += 1) await create(`boat number ${n}`);
  await create('boat harbor');
  const all = await found(actor, { common: seeds({ harbor: 2, boat: 1 }), together: [['harbor', 'boat'], ['boat']] });
  expect(all[0]?.[0]).toBe('boat harbor');
  expect(all).toHaveLength(100);
});
