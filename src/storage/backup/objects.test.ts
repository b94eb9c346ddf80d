import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import type { Event } from '../../domain/session/event';
import { openFileObjects } from '../../platform/objects/file.objects';
import type { ObjectStore } from '../../platform/objects/objects.port';
import { adminOf } from '../../testing/actors';
import { DAYS, long, openArchiveWorld, say } from '../../testing/archive-world';
import { openTestDatabase } from '../../testing/database';
import { createApiKeyStore } from '../api-key.store';
import type { Database } from '../database';
import { poolOf } from '../pool-of';
import { readManifest } from './manifest';
import { readBackup } from './read-backup';
import { writeBackup } from './write-backup';

type World = Awaited<ReturnType<typeof openArchiveWorld>>;
const actor = adminOf('Ann & Co');
const scope = { user_id: 'u' };
let from: { database: Database; world: World };
let to: { database: Database; world: World };
let place: string;
let backup: ObjectStore;
let id: string;
let before: readonly Event[];
const open = async () => {
  const database = await openTestDatabase();
  return { database, world: await openArchiveWorld(database) };
};
beforeAll(async () => {
  [from, to] = [await open(), await open()];
  place = await mkdtemp(join(tmpdir(), 'contextiq-backup-'));
  backup = await openFileObjects(place);
  await createApiKeyStore(from.database).ensureTenant(actor.tenantId);
  const { sessions, events, archive } = from.world.processOver();
  id = (await sessions.create(actor, { userId: 'u', scope })).id;
  for (const text of ['My dog Rex eats apples', long('large')]) await events.append(actor, id, [say(text)]);
  await from.world.age(id);
  expect(await archive.run(actor, DAYS, 10)).toBe(1);
  await events.append(actor, id, [say('still in its row')]);
  before = await events.readRange(actor, id, 1, 10);
});
afterAll(async () => {
  for (const { world, database } of [from, to]) {
    await world.close();
    await database.close();
  }
  await rm(place, { recursive: true });
});

const connected = async <T>(database: Database, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await poolOf(database.dataSource).connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
};
const restore = async (bodies: ObjectStore | null): Promise<void> => {
  const manifest = await readManifest(backup);
  await connected(to.database, (client) => readBackup(client, backup, bodies, manifest, () => undefined));
};

test('a backup holds what rows refer to, and refuses to be one without it', async () => {
  await expect(connected(from.database, (client) => writeBackup(client, backup, null, () => undefined))).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'OBJECTS_UNAVAILABLE' } });
  expect(await connected(from.database, (client) => writeBackup(client, backup, from.world.objects, () => undefined))).toMatchObject({ bodies: 2 });
  expect(await backup.list('tenant/', { after: null, limit: 10 })).toHaveLength(2);
});

test('a restore brings the objects with it: all of them or nothing', async () => {
  const [lost] = await backup.list('tenant/', { after: null, limit: 1 });
  const kept: Uint8Array[] = [];
  for await (const chunk of (await backup.get(lost?.key ?? '')) ?? []) kept.push(chunk);
  await backup.delete(lost?.key ?? '');
  await expect(restore(to.world.objects)).rejects.toMatchObject({ details: { reason: 'BAD_BACKUP' } });
  await backup.put(lost?.key ?? '', (async function* () { yield* kept; })(), 1_000_000);
  await expect(restore(null)).rejects.toMatchObject({ code: 'UNAVAILABLE' });

  await restore(to.world.objects);
  const { events, recall } = to.world.processOver();
  expect(await events.readRange(actor, id, 1, 10)).toEqual(before);
  expect((await recall.recall(actor, { scopes: [{ scope }], query: 'Rex', kinds: ['EVENT'] })).hits[0]).toMatchObject({ event: before[0] });
});
