import { setTimeout as delay } from 'node:timers/promises';
import { RetryLater } from '../../jobs/retry-later';
import type { Actor } from '../../kernel/actor';
import { scopeHash } from '../../kernel/scope';
import type { GenerationJob } from '../generation/generation.store';
import { LeaseLost, type Lease, type LeaseStore } from '../generation/lease.store';

/** Renewed every third of it. After a crash the same generation takes the lease over at once, another one after this. */
const LEASE_MS = 60_000;
const POLL_MS = 100;
const POLLS = 20;
const RETRY_MS = 1000;

/**
 * Runs `work` as the only one on the generation's pool. The lease is renewed however long it takes, a model call included;
 * the signal given to `work` aborts when `signal` does, or with LeaseLost when the lease went to another.
 * @throws RetryLater when another generation still holds the pool after two seconds; LeaseLost
 */
export async function withPool<T>(
  leases: LeaseStore, actor: Actor, job: Pick<GenerationJob, 'id' | 'bankId' | 'scope'>, signal: AbortSignal,
  work: (lease: Lease, signal: AbortSignal) => Promise<T>, leaseMs = LEASE_MS,
): Promise<T> {
  const lease = await acquire(leases, actor, `pool:${scopeHash(actor.tenantId, job.bankId, job.scope)}`, job.id, signal, leaseMs);
  const renewal = keepRenewing(leases, actor, lease, leaseMs);
  let result: T;
  try {
    result = await work(lease, AbortSignal.any([signal, renewal.lost]));
  } catch (error) {
    await renewal.stop();
    // The failure at hand is the one to tell; a lease that could not be given back runs out by itself.
    await leases.release(actor, lease).catch(() => undefined);
    // Whatever the work made of its abort, this is why.
    renewal.lost.throwIfAborted();
    throw error;
  }
  await renewal.stop();
  await leases.release(actor, lease);
  return result;
}

/** `stop` resolves when no renewal is under way any more: one that came after the release would take the lease again. */
function keepRenewing(leases: LeaseStore, actor: Actor, lease: Lease, leaseMs: number): { readonly lost: AbortSignal; stop(): Promise<void> } {
  const lost = new AbortController();
  let renewing: Promise<void> | null = null;
  const renew = async (): Promise<void> => {
    try {
      await leases.renew(actor, lease, leaseMs);
    } catch (error) {
      // A database that does not answer now is asked again in a third of the lease; every write asserts the lease besides.
      if (error instanceof LeaseLost) lost.abort(error);
    }
    renewing = null;
  };
  const timer = setInterval(() => { renewing ??= renew(); }, leaseMs / 3);
  return {
    lost: lost.signal,
    async stop() {
      clearInterval(timer);
      await renewing;
    },
  };
}

async function acquire(leases: LeaseStore, actor: Actor, name: string, holder: string, signal: AbortSignal, leaseMs: number): Promise<Lease> {
  for (let poll = 0; poll < POLLS; poll += 1) {
    const lease = await leases.acquire(actor, name, holder, leaseMs);
    if (lease !== null) return lease;
    await delay(POLL_MS, undefined, { signal });
  }
  throw new RetryLater(RETRY_MS, 'another generation works on this pool');
}
