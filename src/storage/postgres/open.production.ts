import { randomUUID } from 'node:crypto';
import { newTestDatabase, silentLogger } from '../../testing/database';
import { until } from '../../testing/e2e/until';
import { createDatabase, dropDatabase, onServer, withDatabase } from '../../testing/production/databases';
import { openTap } from '../../testing/production/tap';
import { requirePostgresUrl } from '../../testing/services';
import type { Database } from '../database';
import { planned, type Sql } from '../sql';
import { migratePostgres } from './migrate';
import { openPostgres, type PostgresOptions } from './open';

const SERVER = requirePostgresUrl();
let url: string;
let drop: () => Promise<void>;
beforeAll(async () => {
  const made = await newTestDatabase();
  if (made.config.kind !== 'postgres') throw new Error('no template: run `npm run test:production`');
  ({ url } = made.config);
  ({ drop } = made);
});
afterAll(() => drop());

const open = (options: Partial<PostgresOptions> = {}): Promise<Database> =>
  openPostgres({ url, poolSize: 3, statementTimeoutMs: 10_000, logger: silentLogger, ...options });
const run = <Row extends object>(sql: Sql, text: string, values: unknown[] = []): Promise<Row[]> => sql.query<Row>(planned('test', text), values);
const using = async (options: Partial<PostgresOptions>, work: (database: Database) => Promise<void>): Promise<void> => {
  const database = await open(options);
  try {
    await work(database);
  } finally {
    await database.close();
  }
};
const DOWN = { code: 'UNAVAILABLE', details: { reason: 'DATABASE_DOWN' } };
const BUSY = { code: 'UNAVAILABLE', details: { reason: 'DATABASE_BUSY' } };

describe('starting', () => {
  const withEmpty = async (work: (empty: string) => Promise<void>): Promise<void> => {
    const empty = withDatabase(SERVER, `contextiq_test_${randomUUID().replaceAll('-', '')}`);
    await createDatabase(empty);
    try {
      await work(empty);
    } finally {
      await dropDatabase(empty);
    }
  };

  test('processes that start together on an empty database migrate it once, and all of them run', () => withEmpty(async (empty) => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migratePostgres({ url: empty, logger: silentLogger })));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    await using({ url: empty }, async (database) => {
      expect(await run(database, 'select id from tenants')).toEqual([{ id: 'default' }]);
    });
  }));

  test('a user who may only use the schema starts on a migrated database, and is told on an empty one who has to migrate', () => withEmpty(async (empty) => {
    const role = `user_${randomUUID().slice(0, 8)}`;
    await onServer(SERVER, `create role ${role} login`);
    const theirs = (at: string): string => Object.assign(new URL(at), { username: role }).href;
    try {
      await expect(open({ url: theirs(empty) })).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'DATABASE_PERMISSION' }, message: expect.stringContaining('npm run migrate') });
      await migratePostgres({ url: empty, logger: silentLogger });
      await onServer(empty, `grant select, insert, update, delete on all tables in schema public to ${role}`);
      await using({ url: theirs(empty) }, (database) => database.ping());
    } finally {
      await onServer(empty, `drop owned by ${role}`);
      await onServer(SERVER, `drop role ${role}`);
    }
  }));

  test.each([
    ['nothing answers', () => 'postgres://someone:hidden@127.0.0.1:1/db', 'DATABASE_UNREACHABLE', /ECONNREFUSED/],
    ['the host does not exist', () => 'postgres://someone:hidden@nowhere.invalid/db', 'DATABASE_UNREACHABLE', /nowhere\.invalid/],
    ['the user is unknown', () => Object.assign(new URL(url), { username: 'nobody', password: 'hidden' }).href, 'DATABASE_LOGIN', /user nobody/],
    ['the database is missing', () => withDatabase(SERVER, 'no_such_database'), 'DATABASE_MISSING', /createdb no_such_database/],
    ['the server has no TLS and it is demanded', () => `${url}?sslmode=verify-full`, 'DATABASE_UNREACHABLE', /SSL/],
  ])('%s: the message names the variable and the cause, and no password', async (_, at, reason, words) => {
    const failure: unknown = await open({ url: at() }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'UNAVAILABLE', details: { reason }, message: expect.stringMatching(/^CONTEXTIQ_DATABASE_URL: /) });
    expect(failure).toMatchObject({ message: expect.stringMatching(words) });
    expect(String(failure)).not.toContain('hidden');
  });

  test('an extension that is too old is told with what to do', () => withEmpty(async (empty) => {
    await migratePostgres({ url: empty, logger: silentLogger });
    await onServer(empty, `update pg_extension set extversion = '0.7.4' where extname = 'vector'`);
    await expect(open({ url: empty })).rejects.toMatchObject({
      code: 'UNAVAILABLE', message: expect.stringMatching(/pgvector 0\.8 or later is needed, this server has 0\.7\.4: upgrade it.*alter extension vector update/),
    });
  }));

  test('a pool larger than what the server gives is told with the setting to lower', async () => {
    const role = `user_${randomUUID().slice(0, 8)}`;
    await onServer(SERVER, `create role ${role} login connection limit 2`);
    try {
      await onServer(url, `grant select on all tables in schema public to ${role}`);
      const failure = open({ url: Object.assign(new URL(url), { username: role }).href, poolSize: 3 });
      await expect(failure).rejects.toMatchObject({ details: { reason: 'DATABASE_FULL' }, message: expect.stringContaining('CONTEXTIQ_DATABASE_POOL_SIZE') });
    } finally {
      await onServer(url, `drop owned by ${role}`, `drop role ${role}`);
    }
  });

  test('every connection is open before the first request, and says whose it is', () => using({ poolSize: 4 }, async (database) => {
    expect(await run(database, `select count(*)::int as open from pg_stat_activity where datname = current_database() and application_name = 'contextiq'`)).toEqual([{ open: 4 }]);
  }));
});

describe('limits', () => {
  test('a statement that runs too long ends as UNAVAILABLE, and its connection serves the next', () => using({ poolSize: 1, statementTimeoutMs: 200 }, async (database) => {
    await expect(run(database, 'select pg_sleep(30)')).rejects.toMatchObject(BUSY);
    await database.ping();
  }));

  test('callers beyond the bound are turned away at once; one that waits too long for a connection too', () =>
    using({ poolSize: 1, maxWaiting: 1, connectionTimeoutMs: 300 }, async (database) => {
      await database.transact(async (sql) => {
        await run(sql, 'select 1');
        const results = await Promise.allSettled([database.ping(), database.ping(), database.ping()]);
        expect(results).toMatchObject([1, 2, 3].map(() => ({ status: 'rejected', reason: BUSY })));
      });
      await database.ping();
    }));

  test('two transactions that lock each other out both succeed: the loser is run again', () => using({}, async (database) => {
    await run(database, 'create table pair (id int primary key, n int)');
    await run(database, 'insert into pair values (1, 0), (2, 0)');
    let meet: () => void = () => undefined;
    const bothHold = new Promise<void>((resolve) => { meet = resolve; });
    let holding = 0;
    const add = (first: number, second: number) => database.transact(async (sql) => {
      await run(sql, 'update pair set n = n + 1 where id = $1', [first]);
      holding += 1;
      if (holding >= 2) meet();
      await bothHold;
      await run(sql, 'update pair set n = n + 1 where id = $1', [second]);
    });
    await Promise.all([add(1, 2), add(2, 1)]);
    expect(holding).toBe(3);
    expect(await run(database, 'select n from pair order by id')).toEqual([{ n: 2 }, { n: 2 }]);
  }));
});

describe('trouble on the way', () => {
  const endAll = () =>
    onServer(SERVER, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}' and application_name = 'contextiq'`);

  test('what a broken connection interrupted is run again when nothing can have come of it, and never else', () => using({}, async (database) => {
    await run(database, 'create table marks (n int)');
    const asleep = (mark: string) => until('it sleeps', async () =>
      (await run(database, `select from pg_stat_activity where state = 'active' and datname = current_database() and query like '%pg_sleep% -- ${mark}' and pid <> pg_backend_pid()`)).length === 1);
    const reading = run<{ n: number }>(database, 'select 7 as n, pg_sleep(0.5) -- read');
    await asleep('read');
    await endAll();
    expect(await reading).toMatchObject([{ n: 7 }]);

    const writing = run(database, 'insert into marks select 1 from pg_sleep(3) -- write').catch((error: unknown) => error);
    await asleep('write');
    await endAll();
    expect(await writing).toMatchObject(DOWN);
    // Those at rest were ended too: the pool lets go of them as it hears of it.
    for (let n = 0; n < 5; n += 1) await run(database, 'select pg_sleep(0.02)');

    let runs = 0;
    const inTransaction = database.transact(async (sql) => {
      runs += 1;
      await run(sql, 'insert into marks values (2)');
      await run(sql, 'select pg_sleep(0.5) -- transaction');
    });
    await asleep('transaction');
    await endAll();
    await inTransaction;
    expect(runs).toBe(2);
    expect(await run(database, 'select n from marks')).toEqual([{ n: 2 }]);
  }));

  test('connections that the server ends fail their statements as UNAVAILABLE, and new ones take their place', () => using({}, async (database) => {
    const sleeping = run(database, 'select pg_sleep(30)').catch((error: unknown) => error);
    const inTransaction = database.transact(async (sql) => {
      await run(sql, 'select 1');
      await run(sql, 'select pg_sleep(30)');
    }).catch((error: unknown) => error);
    // The first time both are run again: they had changed nothing.
    for (let time = 0; time < 2; time += 1) {
      await until('both sleep', async () => (await run(database, `select from pg_stat_activity where state = 'active' and datname = current_database() and query like '%pg_sleep(30)%' and pid <> pg_backend_pid()`)).length === 2);
      await endAll();
    }
    expect(await sleeping).toMatchObject(DOWN);
    expect(await inTransaction).toMatchObject(DOWN);
    await until('an answer', () => database.ping().then(() => true, () => false));
  }));

  test('while the server is down everything is UNAVAILABLE; when it is back, so is this process', async () => {
    const tap = await openTap(url);
    await using({ url: tap.url }, async (database) => {
      await tap.down();
      await expect(database.ping()).rejects.toMatchObject(DOWN);
      await expect(database.transact((sql) => run(sql, 'select 1'))).rejects.toMatchObject(DOWN);
      await tap.open();
      await database.ping();
    });
    await tap.close();
  });

  test('a server that falls silent is given up on, and its connections with it', async () => {
    const tap = await openTap(url);
    await using({ url: tap.url, poolSize: 1, statementTimeoutMs: 100 }, async (database) => {
      tap.shut();
      await expect(database.ping()).rejects.toMatchObject(DOWN);
      await tap.open();
      await until('an answer', () => database.ping().then(() => true, () => false));
    });
    await tap.close();
  });

  test('a silent server is known to be away: what waits for it is cut, what comes is refused at once, and when it speaks all works again', async () => {
    const tap = await openTap(url);
    await using({ url: tap.url, poolSize: 2, statementTimeoutMs: 60_000, connectionTimeoutMs: 60_000 }, async (database) => {
      tap.shut();
      const waiting = await Promise.all(Array.from({ length: 6 }, async (_, n) =>
        (n % 2 === 0 ? database.ping() : database.transact((sql) => run(sql, 'select 1'))).then(() => 'answered', (error: unknown) => error)));
      for (const outcome of waiting) expect(outcome).toMatchObject(DOWN);
      expect(database.condition()).toBe('away');
      const refused = await run(database, 'select 1').catch((error: unknown) => error);
      expect(refused).toMatchObject({ ...DOWN, details: { ...DOWN.details, retryAfterMs: expect.any(Number) } });
      await tap.open();
      await until('it is up', () => database.condition() === 'up');
      await database.ping();
      await database.transact((sql) => run(sql, 'select 1'));
    });
    await tap.close();
  });

  test('a server that takes no writes says so; reading goes on, and when it takes them again so does this process', () => using({}, async (database) => {
    await run(database, 'create table notes (n int)');
    const name = new URL(url).pathname.slice(1);
    const readOnly = (on: boolean) => onServer(SERVER, `alter database ${name} set default_transaction_read_only = ${String(on)}`);
    await readOnly(true);
    await endAll();
    const write = () => run(database, 'insert into notes values (1)');
    await until('it is known', () => database.ping().then(() => database.condition() === 'read-only', () => false));
    await expect(write()).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'DATABASE_READ_ONLY' } });
    expect(await run(database, 'select n from notes')).toEqual([]);
    await readOnly(false);
    await until('it is written', () => write().then(() => true, () => false));
    await until('it is up', () => database.condition() === 'up');
  }));
});
