import type { SearchPools } from '../domain/search/search.store';
import type { Actor } from '../kernel/actor';
import { scopeHash } from '../kernel/scope';
import { planned, type Sql } from './sql';

const ESTIMATE_MS = 60_000;
const MAX_ESTIMATES = 10_000;

/**
 * The planner's estimate of how many rows of a table the pools have, kept for a minute. By the hashes alone: the planner would multiply
 * conditions that say the same, and take a hundredth for a ten-thousandth.
 */
export function createEstimate(sql: Sql, table: 'memories' | 'document_passages'): (actor: Actor, pools: SearchPools) => Promise<number> {
  const estimates = new Map<string, { readonly rows: number; readonly until: number }>();
  return async (actor, pools) => {
    const hashes = pools.scopes.map(({ scope }) => scopeHash(actor.tenantId, pools.bankId, scope));
    const key = hashes.join(' ');
    const known = estimates.get(key);
    if (known !== undefined && known.until > Date.now()) return known.rows;
    const [row] = await sql.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
      planned(table === 'memories' ? 'memory.estimate' : 'document.estimate', `explain (format json) select 1 from ${table} m where m.scope_sub && $1::bigint[]`), [hashes]);
    const rows = row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
    if (estimates.size >= MAX_ESTIMATES) estimates.clear();
    estimates.set(key, { rows, until: Date.now() + ESTIMATE_MS });
    return rows;
  };
}
