import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_TENANT, localActor } from '../domain/access/access.service';
import { LeaseLost } from '../domain/generation/lease.store';
import { unavailable } from '../kernel/errors';
import type { Logger } from '../kernel/logger-type';
import { createLeaseStore } from '../storage/lease.store';
import type { Sql } from '../storage/sql';

/** A gateway that was killed keeps its successor waiting for so long. */
const LEASE_MS = 6000;
const LEASE = 'gateway';

export interface OnlyGateway {
  /** Lets the next gateway start at once. */
  release(): Promise<void>;
}

/**
 * Makes this gateway the only one on its database, by a lease that it renews: notices that stay within one process would
 * leave another gateway's subscribers and jobs to slow polls. The lease of a gateway that stopped is free, that of a killed
 * one runs out while this one waits.
 * @throws GatewayError UNAVAILABLE (SECOND_GATEWAY) when another gateway still holds it after that
 */
export async function becomeOnlyGateway(sql: Sql, logger: Logger, leaseMs = LEASE_MS): Promise<OnlyGateway> {
  const leases = createLeaseStore(sql);
  const actor = localActor(DEFAULT_TENANT);
  const holder = `${hostname()}:${process.pid}:${randomUUID()}`;
  const deadline = performance.now() + leaseMs * 1.5;
  let lease = await leases.acquire(actor, LEASE, holder, leaseMs);
  if (lease === null) logger.info({}, 'the database belongs to another gateway: waiting for its lease to run out, in case it was killed');
  while (lease === null) {
    if (performance.now() > deadline) {
      throw unavailable(
        'another gateway works on this database, and without CONTEXTIQ_REDIS_URL they could not notify each other: set it for both, or stop the other one', 'SECOND_GATEWAY');
    }
    await delay(leaseMs / 20);
    lease = await leases.acquire(actor, LEASE, holder, leaseMs);
  }

  let held = lease;
  let renewing: Promise<void> | null = null;
  const renew = async (): Promise<void> => {
    try {
      await leases.renew(actor, held, leaseMs);
    } catch (error) {
      if (error instanceof LeaseLost) held = (await leases.acquire(actor, LEASE, holder, leaseMs).catch(() => null)) ?? held;
      logger.error({ err: error }, 'this gateway could not renew its lease on the database; a second gateway may have started meanwhile');
    }
    renewing = null;
  };
  const timer = setInterval(() => { renewing ??= renew(); }, leaseMs / 3);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      await renewing;
      // A database that does not answer now frees the lease by itself soon.
      await leases.release(actor, held).catch(() => undefined);
    },
  };
}
