import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../testing/child';
import { silentLogger } from '../../testing/database';
import { openDatabase } from '../database';
import { planned } from '../sql';

const WRITER = join(__dirname, '../../testing/children/write-forever.ts');
const ROUNDS = 5;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'durability-'));
});
afterAll(() => rm(root, { recursive: true }));
const open = (dataDir: string) => openDatabase({ kind: 'pglite', dataDir, logger: silentLogger });

test('what was acknowledged survives kill -9 at any moment, whole transactions only', async () => {
  const dataDir = join(root, 'killed');
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // The last transaction of a killed writer may be committed without its answer: leave its number out.
    const writer = startChild(WRITER, [dataDir, String(acknowledged.length === 0 ? 0 : Number(acknowledged.at(-1)) + 2)]);
    for (let seen = 0; seen < 60 + 17 * round; seen += 1) {
      const line = await writer.line();
      if (line === null) throw new Error('the writer ended by itself');
      acknowledged.push(line);
    }
    acknowledged.push(...(await writer.kill()));
  }

  const database = await open(dataDir);
  const tenants = await database.query<{ id: string }>(planned('tenants', `select id from tenants where id <> 'default'`), []);
  const banks = await database.query<{ id: string }>(planned('banks', `select tenant_id as id from banks where tenant_id <> 'default'`), []);
  await database.close();

  const stored = new Set(tenants.map(({ id }) => id));
  expect(acknowledged.filter((number) => !stored.has(`t${number}`))).toEqual([]);
  expect(banks.map(({ id }) => id).sort()).toEqual([...stored].sort());
  expect(tenants.length - acknowledged.length).toBeLessThanOrEqual(ROUNDS);
}, 240_000);

test('a second gateway on the directory is refused while the first one runs, and not after it was killed', async () => {
  const dataDir = join(root, 'shared');
  const writer = startChild(WRITER, [dataDir]);
  await writer.line();
  await expect(open(dataDir)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(`process ${writer.pid}`) });
  await writer.kill();
  const database = await open(dataDir);
  await expect(open(dataDir)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(`process ${process.pid}`) });
  await database.close();
});

test('a restart finds what was written, and a first start that was interrupted begins again', async () => {
  const dataDir = join(root, 'restart');
  await mkdir(join(dataDir, 'cluster.new'), { recursive: true });
  await writeFile(join(dataDir, 'cluster.new', 'PG_VERSION'), '18');
  const first = await open(dataDir);
  await first.query(planned('write', `insert into tenants (id, name) values ('kept', 'Kept')`), []);
  await first.close();
  const second = await open(dataDir);
  expect(await second.query(planned('read', `select name from tenants where id = 'kept'`), [])).toEqual([{ name: 'Kept' }]);
  await second.close();
  expect(existsSync(join(dataDir, 'cluster.new'))).toBe(false);
});

test('every commit reaches the disk: at least one fsync for each, and a checkpoint syncs the tables', () => {
  const script = `
    const fs = require('node:fs');
    let calls = 0;
    const fsyncSync = fs.fsyncSync;
    fs.fsyncSync = (descriptor) => { calls += 1; return fsyncSync(descriptor); };
    const { openCluster } = require('./cluster.cjs');
    openCluster({ dataDir: process.argv[1], image: null, sharedBuffersMb: 16 }).then(async (db) => {
      await db.exec('create table t (n int)');
      const counted = async (work) => { const before = calls; await work(); return calls - before; };
      const commits = await counted(async () => { for (let n = 0; n < 100; n += 1) await db.query('insert into t values ($1)', [n]); });
      const checkpoint = await counted(() => db.exec('checkpoint'));
      await db.close();
      console.log(JSON.stringify({ commits, checkpoint }));
    });`;
  const dataDir = join(root, 'counted');
  mkdirSync(dataDir);
  const output = execFileSync(process.execPath, ['-e', script, dataDir], { cwd: __dirname, encoding: 'utf8' });
  const { commits, checkpoint } = JSON.parse(output) as { commits: number; checkpoint: number };
  expect(commits).toBeGreaterThanOrEqual(100);
  expect(checkpoint).toBeGreaterThan(2);
});
