import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { requireS3Url } from '../services';
import { remember, seen } from './backups';
import { createApiClient, type ApiClient } from './client';
import { eventsOf, newSession } from './memories';
import { killAll, runTool, startProcess, withDataDir } from './process';

afterEach(killAll);

const EMBEDDED = { CONTEXTIQ_DATABASE_URL: '' };
const APPEND = 'mutation($id: ID!, $text: String!) { appendEvents(sessionId: $id, events: [{ author: USER, text: $text }]) { id seq } }';

/** A place in the bucket of the tests, with the keys that go with it. */
function bucketPlace(): { place: string; variables: Record<string, string> } {
  const { origin, pathname, username, password } = new URL(requireS3Url());
  return { place: `s3:/${pathname}/${randomUUID()}?endpoint=${origin}`, variables: { AWS_ACCESS_KEY_ID: username, AWS_SECRET_ACCESS_KEY: password } };
}

/** Appends one after the other in several sessions until told to stop. */
async function appendOn(api: ApiClient, writers: number): Promise<{ acknowledged(): string[]; stop(): Promise<readonly string[]> }> {
  const sessions = await Promise.all(Array.from({ length: writers }, () => newSession(api, { userId: 'crowd' })));
  const ids: string[] = [];
  let going = true;
  const work = sessions.map(async (id) => {
    for (let n = 0; going; n += 1) ids.push((await api.ask(APPEND, { id, text: `number ${n} of ${id}` })).appendEvents[0].id);
  });
  return {
    acknowledged: () => [...ids],
    async stop() {
      going = false;
      await Promise.all(work);
      return sessions;
    },
  };
}

test('a server is backed up while it works: everything answered before is in it, every session without a gap; an embedded gateway takes it over, and gives it back through S3', () =>
  withDataDir((server) => withDataDir(async (other) => {
    const place = join(server, 'copy');
    const gateway = await startProcess(server);
    const api = createApiClient(gateway.url);
    const sessionId = await remember(api);
    const before = await seen(api, sessionId);
    const crowd = await appendOn(api, 4);
    while (crowd.acknowledged().length < 50) await api.ask('{ version }');
    const early = crowd.acknowledged();
    expect(await runTool(server, 'backup', ['write', place])).toMatchObject({ code: 0 });
    const during = crowd.acknowledged();
    const sessions = await crowd.stop();
    expect(during.length).toBeGreaterThan(early.length);
    await gateway.stop('SIGTERM');

    expect(await runTool(other, 'backup', ['read', place], EMBEDDED)).toMatchObject({ code: 0 });
    const embedded = await startProcess(other, EMBEDDED);
    const restored = createApiClient(embedded.url);
    expect(await seen(restored, sessionId)).toEqual(before);
    const there = (await Promise.all(sessions.map((id) => eventsOf(restored, id))));
    for (const events of there) expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
    const ids = new Set(there.flat().map(({ id }) => id));
    expect(early.filter((id) => !ids.has(id))).toEqual([]);
    await embedded.stop('SIGTERM');

    const { place: bucket, variables } = bucketPlace();
    expect(await runTool(other, 'backup', ['write', bucket], { ...EMBEDDED, ...variables })).toMatchObject({ code: 0, out: expect.stringContaining('written to s3://') });
    expect(await runTool(other, 'backup', ['read', bucket], variables)).toMatchObject({ code: 0 });
    const back = await startProcess(other);
    expect(await seen(createApiClient(back.url), sessionId)).toEqual(before);
    await back.stop('SIGTERM');
  })), 180_000);
