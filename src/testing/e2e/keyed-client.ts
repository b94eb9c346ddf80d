import type { Gateway } from '../../gateway';
import type { Role } from '../../kernel/actor';
import { adminOf } from '../actors';
import { createApiClient, type ApiClient } from './client';

/** Headers with a new key of the tenant. */
export async function newKey({ composition }: Gateway, tenant: string, scopeLimits: readonly object[] = [], roles: readonly Role[] = ['admin']): Promise<{ authorization: string }> {
  const { text } = await composition.app.access.createKey(adminOf(tenant), { name: 'test', roles, scopeLimits });
  return { authorization: `Bearer ${text}` };
}

/** A client with a new key of the tenant. */
export const keyedClient = async (gateway: Gateway, tenant: string, scopeLimits?: readonly object[], roles?: readonly Role[]): Promise<ApiClient> =>
  createApiClient(gateway.url, await newKey(gateway, tenant, scopeLimits, roles));
