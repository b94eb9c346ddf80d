import { createHash } from 'node:crypto';
import type { Actor } from '../../kernel/actor';
import { canonicalJson } from '../../kernel/json';
import type { SearchPools } from './search.store';
import type { VersionedKind, VersionStore } from './version.store';

interface KnownVectorsDeps {
  readonly store: { lacksVectors(actor: Actor, pools: SearchPools, space: string): Promise<boolean> };
  readonly versions: Pick<VersionStore, 'ofPools'>;
  readonly kind: VersionedKind;
  readonly space: string;
}

const MAX_KNOWN = 10_000;

/** Whether the pools lack vectors. That exact ones have all is looked up once for each version: only a write makes one missing. */
export function createKnownVectors({ store, versions, kind, space }: KnownVectorsDeps): (actor: Actor, pools: SearchPools) => Promise<boolean> {
  const complete = new Map<string, string>();
  return async (actor, pools) => {
    // What is looked at of wider pools depends on the rest of the tenant.
    if (pools.scopes.some(({ match }) => match === 'SUBSET')) return store.lacksVectors(actor, pools, space);
    const key = createHash('sha256').update(canonicalJson([actor.tenantId, actor.scopeLimits, pools])).digest('base64url');
    // Read before it is looked: what is written in between has another version.
    const version = await versions.ofPools(actor, pools, [kind]);
    if (version !== null && complete.get(key) === version) return false;
    const lacks = await store.lacksVectors(actor, pools, space);
    if (lacks || version === null) return lacks;
    if (complete.size >= MAX_KNOWN) complete.clear();
    complete.set(key, version);
    return false;
  };
}
