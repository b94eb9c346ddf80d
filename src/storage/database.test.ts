import { openTestDatabase } from '../testing/database';
import type { Database } from './database';
import { isBadText, isUniqueViolation } from './pg-errors';
import { planned, prepared, type Sql } from './sql';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  await run('create table item (id bigint primary key, tags text[], doc jsonb, v vector(3), at timestamptz, raw bytea, flag boolean)');
  await run('create table entry (id int primary key, body text)');
});
afterAll(() => database.close());

const run = (text: string, values: unknown[] = []) => database.query<Record<string, unknown>>(planned('test', text), values);
const insertEntry = prepared('test.entry', `insert into entry (id, body) values ($1, 'x')`);
const addEntry = (sql: Sql, id: number) => sql.query(insertEntry, [id]);
const entryIds = async () => (await run('select id from entry order by id')).map(({ id }) => id);
const emptyEntries = () => run('truncate entry');

describe('values', () => {
  test('every type of the schema comes back as it went in', async () => {
    const row = {
      id: '9007199254740993',
      tags: ['a', 'b,"c"', 'é'],
      doc: { nested: [1, null, { text: 'ü' }] },
      v: '[1,2.5,-3]',
      at: new Date('2026-11-21T01:02:03.456Z'),
      raw: Buffer.from([0, 1, 255]),
      flag: true,
    };
    await run('insert into item values ($1, $2, $3, $4, $5, $6, $7)', Object.values(row));
    expect(await run('select * from item')).toEqual([row]);
    expect(await run(`select v <-> '[1,2.5,-2]' as distance from item`)).toEqual([{ distance: 1 }]);
  });

  test('parameters far beyond a network packet arrive whole, many at once', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => String.fromCharCode(97 + index).repeat(100 * 1024 + index));
    const echoes = await Promise.all(bodies.map((body) => run('select $1::text as body, length($1::text) as size', [body])));
    expect(echoes.map(([row]) => row?.['body'] === bodies[echoes.findIndex(([other]) => other === row)])).toEqual(bodies.map(() => true));
  });

  test('text that PostgreSQL cannot store is told apart', async () => {
    const failure = await run('select $1::jsonb', ['"\\u0000"']).catch((error: unknown) => error);
    const refusal = { code: 'BAD_USER_INPUT', details: { reason: 'BAD_TEXT' } };
    expect(failure).toMatchObject(refusal);
    const nul = await run('select $1::text', ['a\u0000b']).catch((error: unknown) => error);
    expect(nul).toMatchObject(refusal);
    expect(isBadText(new Error('22P05'))).toBe(false);
  });
});

describe('statements', () => {
  beforeEach(emptyEntries);

  test('a unique violation names its constraint and leaves the prepared statements alone', async () => {
    await addEntry(database, 1);
    const failure = await addEntry(database, 1).catch((error: unknown) => error);
    expect(isUniqueViolation(failure)).toBe(true);
    expect(isUniqueViolation(failure, 'entry_pkey')).toBe(true);
    expect(isUniqueViolation(failure, 'other')).toBe(false);
    await addEntry(database, 2);
    const names = await run(`select name from pg_prepared_statements where name = 'test.entry'`);
    expect(names).toEqual([{ name: 'test.entry' }]);
  });

  test('a failing statement is the error of its caller only', async () => {
    const results = await Promise.allSettled([run('select 1 as one'), run('select nothing'), run('select 2 as two')]);
    expect(results).toMatchObject([
      { status: 'fulfilled', value: [{ one: 1 }] },
      { status: 'rejected', reason: { code: '42703' } },
      { status: 'fulfilled', value: [{ two: 2 }] },
    ]);
  });
});

describe('transactions', () => {
  beforeEach(emptyEntries);

  test('of 40 at once, the 20 that throw leave nothing and the other 20 leave everything', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        database.transact(async (sql) => {
          await addEntry(sql, index * 2);
          await addEntry(sql, index * 2 + 1);
          if (index % 2 === 1) throw new Error('unwanted');
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(20);
    const kept = Array.from({ length: 20 }, (_, half) => [half * 4, half * 4 + 1]).flat();
    expect(await entryIds()).toEqual(kept);
  });

  test('nobody sees what is not committed', async () => {
    let reading: Promise<unknown[]> | undefined;
    await expect(
      database.transact(async (sql) => {
        await addEntry(sql, 1);
        reading = entryIds();
        await addEntry(sql, 2);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await reading).toEqual([]);
  });

  test('an inner transaction joins the outer one and shares its end', async () => {
    await expect(
      database.transact(async (outer) => {
        await addEntry(outer, 1);
        await outer.transact((inner) => addEntry(inner, 2));
        expect(await outer.query(planned('count', 'select count(*) as n from entry'), [])).toEqual([{ n: '2' }]);
        throw new Error('all of it');
      }),
    ).rejects.toThrow('all of it');
    expect(await entryIds()).toEqual([]);
  });

  test('a swallowed error does not turn into a silent rollback', async () => {
    await expect(
      database.transact(async (sql) => {
        await addEntry(sql, 1);
        await sql.query(planned('wrong', 'select nothing'), []).catch(() => undefined);
        return 'looks fine';
      }),
    ).rejects.toThrow('rolled back');
    expect(await entryIds()).toEqual([]);
  });

  test('statements that were not awaited run in order, inside their transaction', async () => {
    await database.transact(async (sql) => {
      await Promise.all([addEntry(sql, 1), addEntry(sql, 2), sql.query(planned('update', `update entry set body = 'y'`), [])]);
      void addEntry(sql, 3);
    });
    expect(await run('select id, body from entry order by id')).toEqual([
      { id: 1, body: 'y' },
      { id: 2, body: 'y' },
      { id: 3, body: 'x' },
    ]);
  });

  test('a handle that outlives its transaction does nothing', async () => {
    let late: Sql | undefined;
    await database.transact(async (sql) => {
      late = sql;
      await addEntry(sql, 1);
    });
    await expect(late?.query(insertEntry, [2, 'late'])).rejects.toThrow('has ended');
    expect(await entryIds()).toEqual([1]);
  });

  test('a transaction that loses a race is run again, one that fails for good is not', async () => {
    const fails = async (code: string, times: number, seenAs = ''): Promise<number> => {
      let tries = 0;
      await database
        .transact(async (sql) => {
          tries += 1;
          if (tries > times) return;
          await sql.query(planned('raise', `do $$ begin raise exception 'race' using errcode = '${code}'; end $$`), []);
        })
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: seenAs });
        });
      return tries;
    };
    expect(await fails('40001', 2)).toBe(3);
    expect(await fails('40P01', 1)).toBe(2);
    expect(await fails('23514', 9, '23514')).toBe(1);
    expect(await fails('40001', 9, 'UNAVAILABLE')).toBe(4);
  });

  test('what waits for the commit runs once after it, and never after a rollback', async () => {
    const seen: string[] = [];
    await database.transact(async (sql) => {
      sql.afterCommit(() => seen.push('committed'));
      await sql.transact(async (inner) => {
        inner.afterCommit(() => seen.push('inner'));
        await addEntry(inner, 1);
      });
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['committed', 'inner']);
    await expect(
      database.transact(async (sql) => {
        sql.afterCommit(() => seen.push('never'));
        await addEntry(sql, 1);
      }),
    ).rejects.toMatchObject({ code: '23505' });
    database.afterCommit(() => seen.push('at once'));
    expect(seen).toEqual(['committed', 'inner', 'at once']);
  });
});

test('more waiting work than the bound is turned away at once, and the rest is served', async () => {
  const small = await openTestDatabase({ maxWaiting: 10, poolSize: 1 });
  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => small.query(planned('n', 'select $1::int as n'), [n])));
  const refused = results.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThanOrEqual(39);
  expect(results.length - refused.length).toBeGreaterThanOrEqual(10);
  for (const result of refused) expect(result).toMatchObject({ reason: { code: 'UNAVAILABLE', details: { reason: 'DATABASE_BUSY', retryAfterMs: 1000 } } });
  await small.ping();
  await small.close();
});

test('a closed database says so, and closing twice is closing once', async () => {
  const closing = await openTestDatabase();
  const last = closing.query(planned('last', 'select 1 as one'), []);
  await Promise.all([closing.close(), closing.close()]);
  expect(await last).toEqual([{ one: 1 }]);
  await expect(closing.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'DATABASE_DOWN' } });
});
