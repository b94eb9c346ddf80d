import { setTimeout as delay } from 'node:timers/promises';
import { RetryLater } from '../../jobs/retry-later';
import type { Actor } from '../../kernel/actor';
import { scopeHash } from '../../kernel/scope';
import type { GenerationJob } from '../generation/generation.store';
import type { Lease, LeaseStore } from '../generation/lease.store';

/** Renewed before every write. After a crash the same generation takes the lease over at once, another one after this. */
export const LEASE_MS = 60_000;
const POLL_MS = 100;
const POLLS = 20;
const RETRY_MS = 1000;

/**
 * Runs `work` as the only one on the generation's pool.
 * @throws RetryLater when another generation still holds the pool after two seconds
 */
export async function withPool<T>(
  leases: LeaseStore, actor: Actor, job: Pick<GenerationJob, 'id' | 'bankId' | 'scope'>, signal: AbortSignal, work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const lease = await acquire(leases, actor, `pool:${scopeHash(actor.tenantId, job.bankId, job.scope)}`, job.id, signal);
  let result: T;
  try {
    result = await work(lease);
  } catch (error) {
    // The failure at hand is the one to tell; a lease that could not be given back runs out by itself.
    await leases.release(actor, lease).catch(() => undefined);
    throw error;
  }
  await leases.release(actor, lease);
  return result;
}

async function acquire(leases: LeaseStore, actor: Actor, name: string, holder: string, signal: AbortSignal): Promise<Lease> {
  for (let poll = 0; poll < POLLS; poll += 1) {
    const lease = await leases.acquire(actor, name, holder, LEASE_MS);
    if (lease !== null) return lease;
    await delay(POLL_MS, undefined, { signal });
  }
  throw new RetryLater(RETRY_MS, 'another generation works on this pool');
}
