import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileObjects } from '../../platform/objects/file.objects';
import type { ObjectStore } from '../../platform/objects/objects.port';
import { adminOf } from '../../testing/actors';
import { INLINE_BYTES, openArchiveWorld } from '../../testing/archive-world';
import { openTestDatabase } from '../../testing/database';
import { createApiKeyStore } from '../api-key.store';
import { poolOf } from '../pool-of';
import { writeBackup } from './write-backup';

test('while a backup runs no object is removed; afterwards what was let go of goes', async () => {
  const database = await openTestDatabase();
  const world = await openArchiveWorld(database);
  const place = await mkdtemp(join(tmpdir(), 'contextiq-backup-'));
  const client = await poolOf(database.dataSource).connect();
  try {
    const actor = adminOf('held');
    await createApiKeyStore(database).ensureTenant(actor.tenantId);
    const { sessions, events } = world.processOver();
    const { id } = await sessions.create(actor, { userId: 'u' });
    await events.append(actor, id, [{ author: 'USER', content: [{ type: 'text', text: 'and so on '.repeat(INLINE_BYTES) }] }]);
    const files = await openFileObjects(place);
    let tables = 0;
    const backup: ObjectStore = {
      ...files,
      async put(key, body, maxBytes) {
        const stored = await files.put(key, body, maxBytes);
        tables += 1;
        // The snapshot is older than this.
        if (tables === 1) {
          await sessions.remove(actor, id);
          await world.sweep();
        }
        return stored;
      },
    };
    expect(await writeBackup(client, backup, world.objects, () => undefined)).toMatchObject({ bodies: 1 });
    expect(await world.keys(actor)).toHaveLength(1);
    await world.sweep();
    expect(await world.keys(actor)).toEqual([]);
  } finally {
    client.release();
    await rm(place, { recursive: true });
    await world.close();
    await database.close();
  }
});
