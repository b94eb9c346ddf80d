import type { SearchPools } from '../domain/search/search.store';
import { VERSIONED_KINDS, type SessionVersion, type VersionedKind, type VersionStore } from '../domain/search/version.store';
import type { Actor } from '../kernel/actor';
import { scopeHash } from '../kernel/scope';
import { PROCEDURES as PROCEDURES_NAMESPACE } from './procedure-row';
import { limitHashes, visibleTo } from './scope-limits';
import { EVENTS_NAMESPACE } from './session.store';
import { planned, prepared, unmeasured, type Sql, type Statement } from './sql';

const MAX_POOLS = 1000;
const MAX_SESSIONS = 500;

/** The pools' own rows, which documents stamp too, and the next expiry of a memory: another one as soon as it has passed. */
const MEMORIES = (inPools: string): string => `
  select 1 as corpus, count(*) as parts, count(*) > ${MAX_POOLS} as too_many,
    concat_ws(' ', string_agg(p.version::text, ' ' order by p.scope_hash, p.slot), extract(epoch from min(x.expires_at))) as version
  from (select scope_hash, slot, version from pool_versions p where tenant_id = $1 and ${inPools} limit ${MAX_POOLS + 1}) p
  cross join lateral (
    select min(expires_at) as expires_at from memories
    where tenant_id = $1 and scope_hash = p.scope_hash and expires_at > now() and deleted_at is null) x`;

/** Each append moves its session's row; `xmin` stands for all else that ever changes there. Expired sessions are not among them. */
const EVENTS = (inPools: string, sessionsInPools: string): string => `
  select 2, p.parts, p.parts > ${MAX_POOLS} or s.parts > ${MAX_SESSIONS}, concat_ws(' ', p.version, s.version)
  from (
    select count(*) as parts, string_agg(version::text, ' ' order by scope_hash, slot) as version
    from (select scope_hash, slot, version from pool_versions p where tenant_id = $1 and ${inPools} limit ${MAX_POOLS + 1}) p) p,
  (
    select count(*) as parts, string_agg(concat_ws(':', id, next_seq, xmin), ' ' order by id) as version
    from (
      select id, next_seq, xmin from sessions s
      where tenant_id = $1 and ${sessionsInPools} and (expires_at is null or expires_at > now()) limit ${MAX_SESSIONS + 1}) s) s`;

/** The pools' own rows: procedures never expire. */
const PROCEDURES = (inPools: string): string => `
  select 3, count(*), count(*) > ${MAX_POOLS}, coalesce(string_agg(version::text, ' ' order by scope_hash, slot), '')
  from (select scope_hash, slot, version from pool_versions p where tenant_id = $1 and ${inPools} limit ${MAX_POOLS + 1}) p`;

/** Exact pools alone are found by the primary key; $2 and $3 are hashes of memories' pools, $4 and $5 of events', $6 and $7 of procedures', exact and subset. */
function statementOf(kinds: readonly VersionedKind[], isExact: boolean): Statement {
  const given = (hashes: string): string => `${unmeasured(`${hashes}::bigint[]`)}::bigint[]`;
  const inPools = (exact: string, subset: string): string =>
    (isExact ? `p.scope_hash = any (${given(exact)})` : `(p.scope_hash = any (${given(exact)}) or p.scope_sub && ${given(subset)})`);
  // Sessions are indexed by all of their hashes alone, and the exact one is among them.
  const sessionsInPools = isExact
    ? 's.scope_sub && $4::bigint[] and s.scope_hash = any ($4)'
    : 's.scope_sub && ($4::bigint[] || $5::bigint[]) and (s.scope_hash = any ($4) or s.scope_sub && $5)';
  const parts = [
    ...(kinds.includes('MEMORY') || kinds.includes('DOCUMENT') ? [MEMORIES(inPools('$2', '$3'))] : []),
    ...(kinds.includes('EVENT') ? [EVENTS(inPools('$4', '$5'), sessionsInPools)] : []),
    ...(kinds.includes('PROCEDURE') ? [PROCEDURES(inPools('$6', '$7'))] : []),
  ];
  const unused = `${[2, 3, 4, 5, 6, 7].map((n) => `cardinality($${n}::bigint[])`).join(' + ')} >= 0`;
  return prepared(`version.ofPools.${kinds.join('.')}.${isExact ? 'exact' : 'any'}`, `
    select bool_or(too_many) or sum(parts) = 0 as is_untold, encode(sha256(convert_to(string_agg(version, '/' order by corpus), 'UTF8')), 'base64') as version
    from (${parts.join(' union all ')}) corpora (corpus, parts, too_many, version) where ${unused}`);
}

/** Every choice of one or more. */
const KINDS = VERSIONED_KINDS.reduce<readonly (readonly VersionedKind[])[]>((chosen, kind) => [...chosen, ...chosen.map((kinds) => [...kinds, kind])], [[]]).slice(1);
const STATEMENTS = new Map([true, false].flatMap((isExact) => KINDS.map((kinds) => [`${kinds.join()} ${String(isExact)}`, statementOf(kinds, isExact)] as const)));

/** `xmin` names the transaction that wrote a row last: no two changes have one in common that a reader could have told apart. */
const OF_SESSIONS = prepared('version.ofSessions', `
  select s.id, s.scope, concat_ws(':', s.xmin, a.xmin, u.xmin,
    coalesce(g.xmin::text, '-'), (select coalesce(max(revision), 0) from session_summaries where tenant_id = $1 and session_id = s.id)) as version
  from sessions s
  left join shared_states a on a.tenant_id = s.tenant_id and a.kind = 'app' and a.owner = ''
  left join shared_states u on u.tenant_id = s.tenant_id and u.kind = 'user' and u.owner = s.user_id
  left join shared_states g on g.tenant_id = s.tenant_id and g.kind = 'agent' and g.owner = s.agent_id
  where s.tenant_id = $1 and s.id = any ($2::uuid[]) and (s.expires_at is null or s.expires_at > now()) and ($3::bigint[] is null or s.scope_sub && $3)`);

export function createVersionStore(sql: Sql): VersionStore {
  return {
    async ofPools(actor, pools, kinds) {
      const isExact = pools.scopes.every(({ match }) => match === 'EXACT');
      const statement = STATEMENTS.get(`${kinds.join()} ${String(isExact)}`);
      if (statement === undefined) throw new Error(`no versions of ${kinds.join()}`);
      const [row] = await sql.query<{ is_untold: boolean; version: string }>(statement, [
        actor.tenantId, ...hashesOf(actor, pools.bankId, pools), ...hashesOf(actor, EVENTS_NAMESPACE, pools), ...hashesOf(actor, PROCEDURES_NAMESPACE, pools),
      ]);
      return row === undefined || row.is_untold ? null : row.version;
    },

    async ofSessions(actor, ids) {
      const rows = await sql.query<SessionVersion & { id: string }>(OF_SESSIONS, [actor.tenantId, ids, limitHashes(actor, EVENTS_NAMESPACE)]);
      const byId = new Map(visibleTo(actor, rows).map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },
  };
}

const hashesOf = (actor: Actor, namespace: string, { scopes }: SearchPools): string[][] =>
  (['EXACT', 'SUBSET'] as const).map((match) =>
    scopes.filter((pool) => pool.match === match).map(({ scope }) => scopeHash(actor.tenantId, namespace, scope)));

/**
 * Takes rows of pools away in which there is nothing any more, a page of all rows at a time. Only such as were stamped long ago: to have no
 * row is a version too, which comes back, and no answer that was kept under it may be left by then.
 */
const SWEEP = planned('version.sweep', `
  with page as (
      select tenant_id, scope_hash, slot from pool_versions
      where (tenant_id, scope_hash, slot) > ($1::text, $2::bigint, $3::uuid) order by tenant_id, scope_hash, slot limit $4),
    gone as (
      delete from pool_versions v using page p
      where v.tenant_id = p.tenant_id and v.scope_hash = p.scope_hash and v.slot = p.slot and v.stamped_at < now() - interval '1 hour'
        and not exists (select from memories m where m.tenant_id = v.tenant_id and m.scope_hash = v.scope_hash)
        and not exists (select from documents d where d.tenant_id = v.tenant_id and d.scope_hash = v.scope_hash)
        and not exists (select from procedures p where p.tenant_id = v.tenant_id and p.scope_hash = v.scope_hash)
        and not exists (select from sessions s where s.tenant_id = v.tenant_id and s.scope_hash = v.scope_hash and s.scope_sub && array[v.scope_hash]))
  select tenant_id, scope_hash, slot from page order by tenant_id desc, scope_hash desc, slot desc limit 1`);

interface PlaceRow {
  readonly tenant_id: string;
  readonly scope_hash: string;
  readonly slot: string;
}

const FIRST: PlaceRow = { tenant_id: '', scope_hash: '0', slot: '00000000-0000-0000-0000-000000000000' };

/** Of all tenants, from the first row to the last. */
export async function sweepVersions(sql: Sql, batch: number): Promise<void> {
  for (let place: PlaceRow | undefined = FIRST; place !== undefined;) {
    [place] = await sql.query<PlaceRow>(SWEEP, [place.tenant_id, place.scope_hash, place.slot, batch]);
  }
}
