import { createHash } from 'node:crypto';
import type { ObjectStore } from '../platform/objects/objects.port';
import { prepared, type Sql } from './sql';

/** What was announced and never referred to is removed after this; nobody is on the way to a commit for so long. */
const GRACE = `interval '1 hour'`;
/** A name is not used again for so long after its object was removed: a late removal by another process would hit the new one. */
const REST = `interval '1 hour'`;

/** A backup holds it shared: what its snapshot refers to stays until it is copied. */
export const OBJECTS_LOCK = 7_163_683_300;

const ANNOUNCE = prepared('object.announce', `
  insert into objects as o (tenant_id, key, due_at)
  select $1, key, now() + ${GRACE} from unnest($2::text[]) as t (key) order by key
  on conflict (tenant_id, key) do update set due_at = greatest(o.due_at, excluded.due_at) where o.doomed_at is null
  returning key, o.due_at = 'infinity' as stored`);

const CONFIRM = prepared('object.confirm', `
  update objects set due_at = 'infinity' where (tenant_id, key) in (
    select o.tenant_id, o.key from objects o
    where (o.tenant_id, o.key) in (select * from unnest($1::text[], $2::text[])) and o.doomed_at is null order by o.tenant_id, o.key for update)
  returning tenant_id, key`);

const FREE = prepared('object.free', `select pg_try_advisory_xact_lock(${OBJECTS_LOCK}) as free`);
const LOCK_DUE = prepared('object.lockDue', `
  select tenant_id, key from objects where due_at < 'infinity' and due_at <= now() and doomed_at is null order by due_at limit $1 for update skip locked`);
/** A statement of its own after the lock, so that it sees what was committed before: whoever refers to an object confirms its row, and waits. */
const JUDGE = prepared('object.judge', `
  update objects o set due_at = 'infinity',
    doomed_at = case when exists (select from events e where e.tenant_id = o.tenant_id and e.body = o.key) then null else now() end
  from unnest($1::text[], $2::text[]) as t (tenant_id, key) where o.tenant_id = t.tenant_id and o.key = t.key`);
const DOOMED = prepared('object.doomed', `
  select tenant_id, key from objects where doomed_at is not null and removed_at is null order by doomed_at limit $1`);
const REMOVED = prepared('object.removed', `update objects set removed_at = now() where tenant_id = $1 and key = $2`);
const FORGET = prepared('object.forget', `
  delete from objects where (tenant_id, key) in (
    select tenant_id, key from objects where doomed_at is not null and removed_at < now() - ${REST} limit $1 for update skip locked) returning key`);

interface ObjectRow {
  readonly tenant_id: string;
  readonly key: string;
}

const PLAIN = /^[a-z0-9][a-z0-9.-]{0,99}$/;

/** The name in the store: the tenant's own folder, whatever its id is made of. */
export function objectName(tenantId: string, key: string): string {
  return `tenant/${PLAIN.test(tenantId) ? tenantId : `x=${createHash('sha256').update(tenantId).digest('hex')}`}/${key}`;
}

/**
 * Lists objects that are about to be written. @returns those that may be written, each with whether it is there already; a name
 * that is being removed is missing
 */
export async function announceObjects(sql: Sql, tenantId: string, keys: readonly string[]): Promise<ReadonlyMap<string, { readonly stored: boolean }>> {
  const rows = await sql.query<{ key: string; stored: boolean }>(ANNOUNCE, [tenantId, [...new Set(keys)]]);
  return new Map(rows.map(({ key, stored }) => [key, { stored }]));
}

/**
 * In the transaction that makes rows refer to objects, before it does. @returns what may be referred to, as `isKept(tenantId, key)`:
 * the rest is being removed
 */
export async function confirmObjects(tx: Sql, wanted: readonly (readonly [tenantId: string, key: string])[]): Promise<(tenantId: string, key: string) => boolean> {
  if (wanted.length === 0) return () => false;
  const rows = await tx.query<ObjectRow>(CONFIRM, [wanted.map(([tenantId]) => tenantId), wanted.map(([, key]) => key)]);
  const kept = new Set(rows.map(({ tenant_id, key }) => objectName(tenant_id, key)));
  return (tenantId, key) => kept.has(objectName(tenantId, key));
}

/** Removes objects of every tenant that nothing refers to, up to `limit`. @returns how many were removed or looked at */
export async function sweepObjects(sql: Sql, objects: ObjectStore, limit: number): Promise<number> {
  const judged = await sql.transact(async (tx) => {
    const [lock] = await tx.query<{ free: boolean }>(FREE, []);
    if (lock?.free !== true) return 0;
    const due = await tx.query<ObjectRow>(LOCK_DUE, [limit]);
    if (due.length > 0) await tx.query(JUDGE, [due.map(({ tenant_id }) => tenant_id), due.map(({ key }) => key)]);
    return due.length;
  });
  const doomed = await sql.query<ObjectRow>(DOOMED, [limit]);
  for (const { tenant_id, key } of doomed) {
    await objects.delete(objectName(tenant_id, key));
    await sql.query(REMOVED, [tenant_id, key]);
  }
  await sql.query(FORGET, [limit]);
  return Math.max(judged, doomed.length);
}
