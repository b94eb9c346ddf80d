import { createApiClient } from './client';
import { CONVERSATION } from './conversation';
import { killRun } from './kill-run';
import { eventsOf, generate, hold, memoriesOf, untilEnded } from './memories';
import { failToStart, killAll, makeDataDir, removeDataDir, startProcess } from './process';
import { withSeed } from './random';
import { templateUrl } from '../services';

/** Fifty and more: `npm run faults`. */
const KILLS = 8;

/** Shared: making a new one is the slowest part of a first start. */
let dataDir: string;
beforeAll(async () => {
  dataDir = await makeDataDir();
});
afterEach(killAll);
afterAll(() => removeDataDir(dataDir));

/** Embedded it is the directory that belongs to one process, with a server the database. */
const REFUSAL = templateUrl() === null
  ? /contextiq-e2e-.* is in use by process \d+: stop it, or give this gateway a directory of its own/
  : /another gateway works on this database.*CONTEXTIQ_REDIS_URL.* or stop the other one/;

test('where notices stay within the process there is one process: a second refuses with a message that says what to do', async () => {
  const first = await startProcess(dataDir);
  const { code, words } = await failToStart(dataDir);
  expect(code).toBeGreaterThan(0);
  expect(words).toMatch(REFUSAL);
  expect(words).not.toMatch(/\n\s+at /);
  // The refused one left the first untouched.
  expect(await createApiClient(first.url).ask('{ sessions { id } }')).toEqual({ sessions: [] });
  expect(await first.stop('SIGTERM')).toBe(0);
}, 60_000);

test('a job that was accepted right before kill -9 is done after the restart', async () => {
  const first = await startProcess(dataDir);
  const api = createApiClient(first.url);
  const sessionId = await hold(api, CONVERSATION, { userId: 'killed' });
  const jobId = await generate(api, { sessionId });
  await first.stop('SIGKILL');
  const second = createApiClient((await startProcess(dataDir)).url);
  expect(await untilEnded(second, jobId)).toMatchObject({ status: 'COMPLETED', sessionId });
  expect((await memoriesOf(second, { user_id: 'killed' })).length).toBeGreaterThan(15);
}, 60_000);

test('SIGTERM ends a working process with exit code 0 and no harm: what it kept is there after the next start', async () => {
  const first = await startProcess(dataDir);
  const api = createApiClient(first.url);
  const sessionId = await hold(api, CONVERSATION, { userId: 'stopped' });
  const jobId = await generate(api, { sessionId });
  // Longer than the ten seconds of grace it would fail by the test's own time limit.
  expect(await first.stop('SIGTERM')).toBe(0);
  const second = createApiClient((await startProcess(dataDir)).url);
  expect(await eventsOf(second, sessionId)).toHaveLength(CONVERSATION.length);
  expect(await untilEnded(second, jobId)).toMatchObject({ status: 'COMPLETED' });
}, 30_000);

test('kill -9 at any moment loses and doubles nothing: memories end as in an undisturbed run', () => withSeed(async (random) => {
  const report = await killRun(dataDir, KILLS, random);
  expect(report.kills).toBe(KILLS);
  expect(report.acknowledgedEvents).toBeGreaterThan(0);
}), 240_000);

test('a configuration that cannot work is told in full, and nothing starts', async () => {
  const { code, words } = await failToStart(dataDir, { CONTEXTIQ_PORT: 'many', CONTEXTIQ_MODLE: 'x' });
  expect(code).toBeGreaterThan(0);
  expect(words).toContain('CONTEXTIQ_PORT');
  expect(words).toContain('CONTEXTIQ_MODLE');
}, 60_000);
