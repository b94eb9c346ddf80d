import { mayTouch, type Actor } from '../kernel/actor';
import { scopeHash, type Scope } from '../kernel/scope';

/**
 * The actor's scope limits as hashes for `scope_sub && $n`, null when it has none. A namespace is a bank's id, or `events`.
 */
export const limitHashes = (actor: Actor, namespace: string): string[] | null =>
  actor.scopeLimits.length === 0 ? null : actor.scopeLimits.map((limit) => scopeHash(actor.tenantId, namespace, limit));

/** Hashes are 64 bits: every returned row is checked against the limits themselves. */
export const visibleTo = <Row extends { scope: Scope }>(actor: Actor, rows: readonly Row[]): Row[] =>
  rows.filter((row) => mayTouch(actor, row.scope));
