import type { PoolClient } from 'pg';
import { unavailable } from '../../kernel/errors';
import type { ObjectStore } from '../../platform/objects/objects.port';
import { MAX_OBJECT_BYTES, once, readWhole, requireSum } from '../event-bodies';
import { OBJECTS_LOCK, objectName } from '../object-ledger';
import type { Progress } from './tables';

const PAGE = 500;
const REFERRED = `
  select distinct tenant_id, body as key from events where body is not null and (tenant_id, body) > ($1, $2) order by tenant_id, body limit ${PAGE}`;

/** While `work` runs no object is removed: what a snapshot refers to can be copied after it was taken. */
export async function whileObjectsStay<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query(`select pg_advisory_lock_shared(${OBJECTS_LOCK})`);
  try {
    return await work();
  } finally {
    // A connection that broke has let go of it.
    await client.query(`select pg_advisory_unlock_shared(${OBJECTS_LOCK})`).catch(() => undefined);
  }
}

/**
 * Copies what the rows of this transaction refer to, each under its own name. @returns how many
 * @throws GatewayError UNAVAILABLE without a store on either side; INTERNAL_SERVER_ERROR (OBJECT_MISSING, OBJECT_DAMAGED)
 */
export async function copyObjects(client: PoolClient, from: ObjectStore | null, to: ObjectStore | null, progress: Progress): Promise<number> {
  let copied = 0;
  for (let last = { tenant_id: '', key: '' }; ; ) {
    const { rows } = await client.query<{ tenant_id: string; key: string }>(REFERRED, [last.tenant_id, last.key]);
    for (const { tenant_id, key } of rows) {
      if (from === null || to === null) throw unavailable('bodies of events are in an object store, and none is configured: set CONTEXTIQ_OBJECTS_URL', 'OBJECTS_UNAVAILABLE');
      const name = objectName(tenant_id, key);
      await to.put(name, once(requireSum(key, await readWhole(from, name))), MAX_OBJECT_BYTES);
      copied += 1;
    }
    progress('bodies', copied);
    const end = rows.at(-1);
    if (end === undefined || rows.length < PAGE) return copied;
    last = end;
  }
}
