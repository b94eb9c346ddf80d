import type { Actor } from '../../kernel/actor';

/** The right to work on one thing alone. The token grows with every holder: a write by an older one is refused. */
export interface Lease {
  readonly name: string;
  readonly token: string;
}

/** Thrown when the lease went to another holder: the work is no longer ours. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export interface LeaseStore {
  /** Takes a lease that is free, ran out, or is held by the same holder (who is then fenced off); null when another has it. */
  acquire(actor: Actor, name: string, holder: string, ttlMs: number): Promise<Lease | null>;
  /** @throws LeaseLost */
  renew(actor: Actor, lease: Lease, ttlMs: number): Promise<void>;
  release(actor: Actor, lease: Lease): Promise<void>;
  /** Inside a transaction: nobody takes the lease until it ends. @throws LeaseLost */
  assert(actor: Actor, lease: Lease): Promise<void>;
  /** Forgets leases that ran out a day ago. */
  sweep(actor: Actor, limit: number): Promise<number>;
}
