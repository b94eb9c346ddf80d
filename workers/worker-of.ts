import type { Actor } from '../src/kernel/actor';

/** A worker acts for the whole tenant; who may do what was checked when the job was accepted. */
export const workerOf = (tenantId: string): Actor => ({ tenantId, principalId: 'worker', roles: ['admin'], scopeLimits: [] });
