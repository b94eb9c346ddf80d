import { assertNever } from '../kernel/errors';
import type { Actor } from '../kernel/actor';
import { scopeHash } from '../kernel/scope';
import type { Comparison, FilterNode } from '../domain/search/filters';
import type { SearchPools } from '../domain/search/search.store';
import { limitHashes } from './scope-limits';

/** Collects the values of a statement whose text depends on its input: text only ever holds their numbers. */
export class Values {
  readonly list: unknown[] = [];
  /** Adds a value and gives its placeholder, `$3::bigint[]`. */
  add(value: unknown, type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}

/**
 * SQL that keeps a table to the pools and the actor's limits. `namespace` is a bank's id, or `events`. The hash of the whole
 * scope is among its subset hashes, so one GIN condition narrows exact and subset pools alike. `$1` must be the tenant.
 * With `byWords`, tenant and exact hash are only rechecked: a planner without statistics would rather read the whole pool by their
 * indexes and test every row for every word than go by pool and word at once.
 */
export function inPools(values: Values, table: string, actor: Actor, namespace: string, { scopes }: SearchPools, byWords = false): string {
  const hashes = (match: 'EXACT' | 'SUBSET'): string[] =>
    scopes.filter((pool) => pool.match === match).map(({ scope }) => scopeHash(actor.tenantId, namespace, scope));
  const [exact, subset] = [hashes('EXACT'), hashes('SUBSET')];
  const limits = limitHashes(actor, namespace);
  const tenant = byWords ? `${table}.tenant_id || ''` : `${table}.tenant_id`;
  const hash = byWords ? `(${table}.scope_hash + 0)` : `${table}.scope_hash`;
  const conditions = [`${tenant} = $1`, `${table}.scope_sub && ${values.add([...exact, ...subset], 'bigint[]')}`];
  if (subset.length === 0) conditions.push(`${hash} = any (${values.add(exact, 'bigint[]')})`);
  else if (exact.length > 0) {
    conditions.push(`(${hash} = any (${values.add(exact, 'bigint[]')}) or ${table}.scope_sub && ${values.add(subset, 'bigint[]')})`);
  }
  if (limits !== null) conditions.push(`${table}.scope_sub && ${values.add(limits, 'bigint[]')}`);
  return conditions.join(' and ');
}

/** The columns a filter speaks of; null where the rows have no such thing and nothing matches. */
export interface FilterColumns {
  readonly metadata: string;
  readonly topics: string | null;
  readonly createdAt: string;
  readonly validFrom: string;
  readonly sessionId: string;
}

const OPERATORS: Readonly<Record<Comparison, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** A filter as SQL. Each leaf is true or false, never null, so that NOT means what it says. */
export function filterSql(node: FilterNode | null, columns: FilterColumns, values: Values): string {
  if (node === null) return 'true';
  const at = (path: readonly string[]): string => `(${columns.metadata} #> ${values.add(path, 'text[]')})`;
  const json = (value: unknown): string => values.add(JSON.stringify(value), 'jsonb');
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.nodes.map((part) => filterSql(part, columns, values)).join(` ${node.kind} `)})`;
    case 'not':
      return `(not ${filterSql(node.node, columns, values)})`;
    case 'equals':
      return `coalesce(${at(node.path)} = ${json(node.value)}, false)`;
    case 'in':
      return `coalesce(${at(node.path)} = any (${values.add(node.values.map((value) => JSON.stringify(value)), 'jsonb[]')}), false)`;
    case 'exists':
      return `(${at(node.path)} is not null)`;
    case 'contains': {
      const found = at(node.path);
      const isPart = typeof node.value === 'string' ? `position(${values.add(node.value, 'text')} in ${found} #>> '{}') > 0` : 'false';
      // Only a CASE promises that the elements of what is no list are never asked for.
      return `coalesce(case jsonb_typeof(${found}) when 'array' then ${found} @> jsonb_build_array(${json(node.value)}) when 'string' then ${isPart} else false end, false)`;
    }
    case 'compare': {
      const found = at(node.path);
      const isNumber = typeof node.value === 'number';
      const value = isNumber ? values.add(String(node.value), 'numeric') : values.add(node.value, 'text');
      const own = isNumber ? `(${found} #>> '{}')::numeric` : `(${found} #>> '{}') collate "C"`;
      return `coalesce(case jsonb_typeof(${found}) when '${isNumber ? 'number' : 'string'}' then ${own} ${OPERATORS[node.operator]} ${value} else false end, false)`;
    }
    case 'topics':
      return columns.topics === null ? 'false' : `(${columns.topics} && ${values.add(node.topics, 'text[]')})`;
    case 'createdAt':
    case 'validFrom': {
      const column = columns[node.kind];
      const ends = [
        ...(node.from === null ? [] : [`${column} >= ${values.add(node.from, 'timestamptz')}`]),
        ...(node.to === null ? [] : [`${column} < ${values.add(node.to, 'timestamptz')}`]),
      ];
      return `coalesce(${ends.join(' and ')}, false)`;
    }
    case 'sessionId':
      return `coalesce(${columns.sessionId} = ${values.add(node.sessionId, 'uuid')}, false)`;
    default:
      return assertNever(node);
  }
}
