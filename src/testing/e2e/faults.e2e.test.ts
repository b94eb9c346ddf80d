import { createApiClient } from './client';
import { CONVERSATION } from './conversation';
import { killRun } from './kill-run';
import { eventsOf, generate, hold, memoriesOf, untilEnded } from './memories';
import { failToStart, startProcess, withDataDir } from './process';
import { withSeed } from './random';

/** Fifty and more: `npm run faults`. */
const KILLS = 8;

test('kill -9 at any moment loses and doubles nothing: memories end as in an undisturbed run', () =>
  withSeed((random) => withDataDir(async (dataDir) => {
    const report = await killRun(dataDir, KILLS, random);
    expect(report.kills).toBe(KILLS);
    expect(report.acknowledgedEvents).toBeGreaterThan(0);
  })), 240_000);

test('one directory has one process: a second refuses with a message that says what to do', () => withDataDir(async (dataDir) => {
  const first = await startProcess(dataDir);
  const { code, words } = await failToStart(dataDir);
  expect(code).not.toBe(0);
  expect(words).toContain(dataDir);
  expect(words).toMatch(/in use by process \d+: stop it, or give this gateway a directory of its own/);
  expect(words).not.toMatch(/\n\s+at /);
  // The refused one left the first untouched.
  expect(await createApiClient(first.url).ask('{ sessions { id } }')).toEqual({ sessions: [] });
  expect(await first.stop('SIGTERM')).toBe(0);
}), 60_000);

test('a job that was accepted right before kill -9 is done after the restart', () => withDataDir(async (dataDir) => {
  const first = await startProcess(dataDir);
  const api = createApiClient(first.url);
  const sessionId = await hold(api, CONVERSATION, { userId: 'mara' });
  const jobId = await generate(api, { sessionId });
  await first.stop('SIGKILL');
  const second = await startProcess(dataDir);
  expect(await untilEnded(createApiClient(second.url), jobId)).toMatchObject({ status: 'COMPLETED', sessionId });
  expect((await memoriesOf(createApiClient(second.url), { user_id: 'mara' })).length).toBeGreaterThan(15);
  expect(await second.stop('SIGTERM')).toBe(0);
}), 60_000);

test('SIGTERM ends a working process within seconds, and what it kept is there after the next start', () => withDataDir(async (dataDir) => {
  const first = await startProcess(dataDir);
  const api = createApiClient(first.url);
  const sessionId = await hold(api, CONVERSATION, { userId: 'mara' });
  const jobId = await generate(api, { sessionId });
  const asked = performance.now();
  expect(await first.stop('SIGTERM')).toBe(0);
  expect(performance.now() - asked).toBeLessThan(15_000);
  const second = await startProcess(dataDir);
  expect(await eventsOf(createApiClient(second.url), sessionId)).toHaveLength(CONVERSATION.length);
  expect(await untilEnded(createApiClient(second.url), jobId)).toMatchObject({ status: 'COMPLETED' });
  expect(await second.stop('SIGTERM')).toBe(0);
}), 60_000);

test('a configuration that cannot work is told in full, and nothing starts', () => withDataDir(async (dataDir) => {
  const { code, words } = await failToStart(dataDir, { CONTEXTIQ_PORT: 'many', CONTEXTIQ_MODLE: 'x' });
  expect(code).not.toBe(0);
  expect(words).toContain('CONTEXTIQ_PORT');
  expect(words).toContain('CONTEXTIQ_MODLE');
}), 60_000);
