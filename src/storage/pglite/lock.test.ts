import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../testing/child';
import { lockDirectory } from './lock';

const HOLDER = join(__dirname, '../../testing/children/hold-lock.ts');

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterAll(() => rm(root, { recursive: true }));
const directory = (name: string): string => join(root, name);

const refusal = (dir: string, pid: number) => ({
  code: 'UNAVAILABLE',
  details: { reason: 'DATA_DIRECTORY_IN_USE', retryAfterMs: 1000 },
  message: expect.stringMatching(`${dir} is in use by process ${pid}:`),
});

test('a second holder in the same process is refused, also through another name of the directory', async () => {
  const dir = directory('same');
  const lock = await lockDirectory(dir);
  await symlink(dir, directory('alias'));
  await expect(lockDirectory(dir)).rejects.toMatchObject(refusal(dir, process.pid));
  await expect(lockDirectory(directory('alias'))).rejects.toMatchObject(refusal(dir, process.pid));
  await lock.release();
  await lock.release();
  await (await lockDirectory(dir)).release();
});

test('another process is refused with its directory and the holder named, until the holder is killed', async () => {
  const dir = directory('killed');
  for (let round = 0; round < 3; round += 1) {
    const holder = startChild(HOLDER, [dir]);
    expect(await holder.line()).toBe('held');
    await expect(lockDirectory(dir)).rejects.toMatchObject(refusal(dir, holder.pid));
    await holder.kill();
    await (await lockDirectory(dir)).release();
  }
});

test('of many processes that find a dead holder, exactly one takes its place', async () => {
  const dir = directory('race');
  const dead = startChild(HOLDER, [dir]);
  expect(await dead.line()).toBe('held');
  await dead.kill();
  const contenders = Array.from({ length: 4 }, () => startChild(HOLDER, [dir]));
  const answers = await Promise.all(contenders.map((contender) => contender.line()));
  expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
  await Promise.all(contenders.map((contender) => contender.kill()));
});

test('of many holders at once in one process exactly one wins, every time', async () => {
  const dir = directory('crowd');
  for (let round = 0; round < 20; round += 1) {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(dir)));
    const locks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(locks).toHaveLength(1);
    await locks[0]?.release();
  }
});

test('what dead holders leave is cleared away, and a claim without contents blocks nobody', async () => {
  const dir = directory('litter');
  const dead = startChild(HOLDER, [dir]);
  await dead.line();
  await dead.kill();
  await writeFile(join(dir, 'lock.9'), '');
  const lock = await lockDirectory(dir);
  expect(await readdir(dir)).toEqual(['lock.10', expect.stringMatching(/^lock-\d+-[0-9a-f]+\.sock$/)].sort());
  await lock.release();
  expect(await readdir(dir)).toEqual(['lock.10']);
});

test('a directory whose path is too long for a socket is locked all the same', async () => {
  const dir = join(root, 'long'.repeat(40));
  const lock = await lockDirectory(dir);
  await expect(lockDirectory(dir)).rejects.toMatchObject(refusal(dir, process.pid));
  await lock.release();
  await (await lockDirectory(dir)).release();
});
