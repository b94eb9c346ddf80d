import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { silentLogger } from '../../testing/database';
import { createEngine, type Engine } from './engine';

/** An unknown message type: the server gives up, as it does when the disk fails. */
const collapse = (engine: Engine): Promise<void> =>
  new Promise((resolve) => {
    const line = engine.connect();
    line.once('close', () => resolve());
    line.once('error', () => undefined);
    line.once('connect', () => {
      line.write(Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]));
      line.write(Buffer.from([0x7a, 0, 0, 0, 4]));
    });
    line.connect();
  });

const start = (dataDir: string | null): Engine => createEngine({ dataDir, image: null, sharedBuffersMb: 16, logger: silentLogger });
const connected = async (engine: Engine): Promise<Client> => {
  const client = new Client({ user: 'postgres', database: 'postgres', stream: engine.connect });
  client.on('error', () => undefined); // a broken engine tells every client, also the idle ones
  await client.connect();
  return client;
};

describe('in memory', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = start(null);
    await (await connected(engine)).query('create table notes (id int primary key, body text)');
  });
  afterAll(() => engine.close());

  test('a new client inherits neither an open transaction nor statements nor settings', async () => {
    const first = await connected(engine);
    await first.query({ name: 'insert', text: 'insert into notes values ($1, $2)', values: [1, 'kept'] });
    await first.query(`set application_name = 'first'`);
    await first.query('begin');
    await first.query({ name: 'insert', text: 'insert into notes values ($1, $2)', values: [2, 'abandoned'] });
    await first.end();

    const second = await connected(engine);
    expect((await second.query('select id from notes')).rows).toEqual([{ id: 1 }]);
    expect((await second.query('show application_name')).rows).toEqual([{ application_name: '' }]);
    await second.query({ name: 'insert', text: 'insert into notes values ($1, $2)', values: [3, 'second'] });
    expect((await second.query('select id from notes order by id')).rows).toEqual([{ id: 1 }, { id: 3 }]);
    await second.end();
  });

  test('an error inside a group of messages leaves the connection usable, and the statement prepared', async () => {
    const client = await connected(engine);
    const insert = (id: number) => client.query({ name: 'again', text: 'insert into notes values ($1, $2)', values: [id, 'x'] });
    await insert(10);
    await expect(insert(10)).rejects.toMatchObject({ code: '23505', constraint: 'notes_pkey', table: 'notes' });
    await insert(11);
    await expect(client.query('select * from nowhere')).rejects.toMatchObject({ code: '42P01' });
    await insert(12);
    await client.end();
  });

  test('what was read is not kept', async () => {
    const client = await connected(engine);
    const read = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) await client.query(`select repeat('x', 1000) from generate_series(1, 1000)`);
    };
    /** Without what this thread has of it, most of which is garbage. */
    const elsewhere = (): number => {
      const { rss, heapTotal, external } = process.memoryUsage();
      return rss - heapTotal - external;
    };
    await read(20);
    const before = elsewhere();
    await read(200);
    // PGlite keeps more than a kilobyte for each row that it parses itself.
    expect(elsewhere() - before).toBeLessThan(120 * 1024 * 1024);
    await client.end();
  });

  test('an engine that breaks says so from then on, because an empty one would lie', async () => {
    const idle = await connected(engine);
    await collapse(engine);
    await expect(idle.query('select 1')).rejects.toThrow();
    await expect(connected(engine)).rejects.toThrow(/engine/);
  });
});

describe('in a directory', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'engine-'));
  });
  afterAll(() => rm(dataDir, { recursive: true }));

  test('an engine that breaks is started again by the next connection, with everything committed', async () => {
    const engine = start(dataDir);
    const before = await connected(engine);
    await before.query('create table notes (id int primary key)');
    await before.query('insert into notes values (1)');
    await collapse(engine);
    await expect(before.query('select 1')).rejects.toThrow();

    const after = await connected(engine);
    expect((await after.query('select id from notes')).rows).toEqual([{ id: 1 }]);
    await after.end();
    await engine.close();
    await engine.close();
    await expect(connected(engine)).rejects.toThrow('the database is closed');
  });

  test('commits are forced to disk and the write-ahead log stays small', async () => {
    const engine = start(dataDir);
    const client = await connected(engine);
    const setting = async (name: string) => Object.values((await client.query(`show ${name}`)).rows[0] as object)[0];
    expect(await setting('fsync')).toBe('on');
    expect(await setting('synchronous_commit')).toBe('on');
    expect(await setting('full_page_writes')).toBe('on');
    expect(await setting('wal_sync_method')).toBe('fsync');
    expect(await setting('max_wal_size')).toBe('128MB');
    expect(await setting('shared_buffers')).toBe('16MB');
    await client.end();
    await engine.close();
  });
});
