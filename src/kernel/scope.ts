import { createHash } from 'node:crypto';
import { badInput } from './errors';
import { canonicalJson, isJsonObject } from './json';

/** An immutable map of 1 to 5 string pairs that names one pool, `{ user_id: 'u1', project: 'apollo' }`. */
export type Scope = Readonly<Record<string, string>>;
export type ScopeMatch = 'EXACT' | 'SUBSET';

const MAX_SCOPE_PAIRS = 5;
const KEY = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const MAX_VALUE_LENGTH = 256;

/** @throws GatewayError BAD_USER_INPUT naming the pair at fault below `field`. */
export function parseScope(value: unknown, field: string): Scope {
  if (!isJsonObject(value)) throw badInput(field, 'a scope is an object of string pairs, for example {"user_id": "u1"}');
  const pairs = Object.entries(value);
  if (pairs.length === 0) throw badInput(field, 'a scope needs at least one pair');
  if (pairs.length > MAX_SCOPE_PAIRS) throw badInput(field, `a scope has at most ${MAX_SCOPE_PAIRS} pairs`);
  const scope: Record<string, string> = {};
  for (const [key, item] of pairs.sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!KEY.test(key)) throw badInput(field, `scope key ${JSON.stringify(key.slice(0, 80))} must match ${KEY.source}`);
    if (typeof item !== 'string' || item === '') throw badInput(`${field}.${key}`, 'a scope value is a non-empty string');
    if (item.length > MAX_VALUE_LENGTH) throw badInput(`${field}.${key}`, `a scope value has at most ${MAX_VALUE_LENGTH} characters`);
    if (!isStorableText(item)) throw badInput(`${field}.${key}`, 'a scope value holds no NUL and no lone surrogate');
    scope[key] = item;
  }
  return scope;
}

/** PostgreSQL stores neither NUL nor lone surrogates: text that holds one is refused at the edge. */
export const isStorableText = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** True when `scope` has at least the pairs of `part`. */
export const scopeContains = (scope: Scope, part: Scope): boolean =>
  Object.entries(part).every(([key, value]) => scope[key] === value);

export const sameScope = (a: Scope, b: Scope): boolean => canonicalJson(a) === canonicalJson(b);

/**
 * 64 bits of SHA-256 over tenant, namespace and canonical scope, as the decimal text of a signed bigint.
 * The namespace is a memory bank's id, or `events` for sessions: pools of different kinds never share a hash.
 */
export function scopeHash(tenantId: string, namespace: string, scope: Scope): string {
  const digest = createHash('sha256').update(canonicalJson([tenantId, namespace, scope])).digest();
  return digest.readBigInt64BE(0).toString();
}

/** Hashes of every non-empty subset of the pairs (at most 31): one array column answers every subset query. */
export function scopeSubsetHashes(tenantId: string, namespace: string, scope: Scope): string[] {
  const pairs = Object.entries(scope);
  const hashes: string[] = [];
  for (let mask = 1; mask < 1 << pairs.length; mask += 1) {
    const subset = Object.fromEntries(pairs.filter((_, index) => (mask & (1 << index)) !== 0));
    hashes.push(scopeHash(tenantId, namespace, subset));
  }
  return hashes;
}
