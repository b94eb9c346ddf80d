import type { Duplex } from 'node:stream';
import { silentLogger } from '../../testing/silent-logger';
import type { Database } from '../database-type';
import { planned, prepared, type Sql } from '../sql';
import { openPglite } from './open';

const open = (connectionTimeoutMs = 15_000): Promise<Database> => openPglite({ dataDir: null, logger: silentLogger, connectionTimeoutMs });

let database: Database;
beforeAll(async () => {
  database = await open(1500);
  await run('create table entry (id int primary key, body text)');
});
afterAll(() => database.close());

const run = (text: string) => database.query<Record<string, unknown>>(planned('test', text), []);
const insertEntry = prepared('test.entry', 'insert into entry (id, body) values ($1, $2)');
const addEntry = (sql: Sql, id: number) => sql.query(insertEntry, [id, 'x']);

/** A message that no PostgreSQL knows, on a line beside the pool's: the server gives up. */
function collapse(doomed: Database): void {
  const line = (doomed.dataSource.options as { extra: { stream(): Duplex & { connect(): void } } }).extra.stream();
  line.once('error', () => undefined);
  line.once('connect', () => line.write(Buffer.from([0, 0, 0, 8, 0, 3, 0, 0])));
  line.once('data', () => line.write(Buffer.from([0x7a, 0, 0, 0, 4])));
  line.connect();
}

test('the outer handle inside a transaction is refused after a while, and the transaction rolls back', async () => {
  await expect(
    database.transact(async (sql) => {
      await addEntry(sql, 1);
      await addEntry(database, 2);
    }),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'DATABASE_BUSY' } });
  expect(await run('select id from entry')).toEqual([]);
  await database.ping();
});

test('housekeeping removes dead rows and learns the distribution of the living', async () => {
  await run(`insert into entry select n, 'x' from generate_series(1, 2000) n`);
  await run('delete from entry where id > 500');
  await database.housekeeping.run();
  expect(await run(`select n_dead_tup as dead, n_live_tup as live from pg_stat_user_tables where relname = 'entry'`)).toEqual([{ dead: '0', live: '500' }]);
  expect(await run(`select reltuples from pg_class where relname = 'entry'`)).toEqual([{ reltuples: 500 }]);
});

test('an engine that breaks under a statement is UNAVAILABLE to its caller, and the process lives on', async () => {
  const doomed = await open();
  const broken = doomed.transact(async (sql) => {
    await sql.query(planned('last words', 'select 1'), []);
    collapse(doomed);
    for (;;) await sql.query(planned('until the end', 'select 1'), []);
  });
  await expect(broken).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'DATABASE_DOWN' } });
  await expect(doomed.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'DATABASE_DOWN' } });
  await doomed.close();
});
