import type { Actor } from '../kernel/actor';
import type { Scope } from '../kernel/scope';

/** An administrator of a tenant of its own. Tests isolate by tenant and share the database of their file. */
export const adminOf = (tenantId: string, scopeLimits: readonly Scope[] = []): Actor => ({ tenantId, principalId: 'test', roles: ['admin'], scopeLimits });
