import { randomUUID } from 'node:crypto';
import { draftEvent } from '../domain/session/event-draft';
import { newId } from '../kernel/ids';
import { adminOf } from '../testing/actors';
import { openTestDatabase } from '../testing/database';
import { createApiKeyStore } from './api-key.store';
import type { Database } from './database';
import { flushPlain } from './event-flush-plain';
import { createLexiconStore } from './lexicon.store';
import { planned } from './sql';
import { createVersionStore } from './version.store';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** PostgreSQL plans a prepared statement for its values five times before it compares. */
const RUNS = 12;

test('hot statements with arrays of few elements are planned once, not at every execution', async () => {
  const actor = adminOf(randomUUID());
  await createApiKeyStore(database).ensureTenant(actor.tenantId);
  // As much as makes ten looks into a table dearer than one.
  await database.query(planned('test', `insert into lexicon (tenant_id, corpus, lexeme, df) select $1, 'memories', 'w' || n, n from generate_series(1, 5000) n`), [actor.tenantId]);
  await database.query(planned('test', `insert into pool_versions (tenant_id, scope_hash, slot, scope_sub, version)
    select $1, n, gen_random_uuid(), array[n], gen_random_uuid() from generate_series(1, 5000) n`), [actor.tenantId]);
  for (const table of ['lexicon', 'pool_versions']) await database.query(planned('test', `analyze ${table}`), []);
  const append = { actor, sessionId: newId(), events: [draftEvent({ author: 'USER', content: [{ type: 'text', text: 'a lamp' }] }, 'event', new Date())], expectedVersion: null, idempotency: null };
  const plans = await database.transact(async (tx) => {
    for (let run = 0; run < RUNS; run += 1) {
      await createLexiconStore(tx).read(actor, 'memories', ['lamp']);
      await createVersionStore(tx).ofPools(actor, { bankId: 'default', scopes: [{ scope: { user_id: 'u1' }, match: 'EXACT' }] }, ['MEMORY']);
      await flushPlain(tx, [append], () => undefined);
    }
    return tx.query<{ name: string; custom: number }>(planned('test', `
      select name, custom_plans::int as custom from pg_prepared_statements where name in ('lexicon.read.memories', 'version.ofPools.MEMORY.exact', 'event.appendPlain') order by name`), []);
  });
  expect(plans).toEqual(['event.appendPlain', 'lexicon.read.memories', 'version.ofPools.MEMORY.exact'].map((name) => ({ name, custom: 5 })));
});
