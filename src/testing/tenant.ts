import { randomUUID } from 'node:crypto';
import type { Actor } from '../kernel/actor';
import { createApiKeyStore } from '../storage/api-key.store';
import type { Sql } from '../storage/sql';
import { adminOf } from './actors';

/** The administrator of a new tenant. */
export async function newTenant(sql: Sql): Promise<Actor> {
  const actor = adminOf(randomUUID());
  await createApiKeyStore(sql).ensureTenant(actor.tenantId);
  return actor;
}
