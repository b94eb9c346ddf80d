import type { NodeKind, Relation } from '../domain/relation/relation';

/** One way from nodes of a kind to nodes of a kind. */
export interface Arm {
  readonly relation: Relation;
  readonly from: NodeKind;
  readonly to: NodeKind;
  /** Whether it goes the way that the relation reads. */
  readonly forward: boolean;
  /**
   * `id` of the neighbours of the node `f.id` (a UUID: `f.uid`, null for nodes of other kinds), newest first, without a limit. `$1` is the tenant.
   * Every row that it rests on has to be the reader's to see: `session(alias)`, `memory(alias)`, `workflow(alias)`.
   */
  readonly sql: string;
}

/** `$2`: the scope limits of the reader as they stand, null for none. */
const inLimits = (alias: string): string => `($2::jsonb[] is null or ${alias}.scope @> any ($2))`;
const session = (alias: string): string => `${alias}.tenant_id = $1 and (${alias}.expires_at is null or ${alias}.expires_at > now()) and ${inLimits(alias)}`;
const memory = (alias: string): string =>
  `${alias}.tenant_id = $1 and ${alias}.deleted_at is null and (${alias}.expires_at is null or ${alias}.expires_at > now()) and ${inLimits(alias)}`;
const workflow = (alias: string): string => `${alias}.tenant_id = $1 and ${alias}.kind = 'WORKFLOW' and ${inLimits(alias)}`;
const inSession = (alias: string): string => `join sessions s on s.id = ${alias}.session_id and ${session('s')}`;

/** What one message says of an agent, many say again: so many of a session or an agent are looked at. */
const MESSAGES = 1000;

const both = (relation: Relation, a: NodeKind, b: NodeKind, there: string, back: string): Arm[] => [
  { relation, from: a, to: b, forward: true, sql: there },
  { relation, from: b, to: a, forward: false, sql: back },
];

const spokeIn = (column: 'from_agent' | 'to_agent'): Arm[] => both('TOOK_PART', 'AGENT', 'SESSION',
  `select x.session_id::text as id from (select distinct m.session_id from a2a_messages m where m.tenant_id = $1 and m.${column} = f.id order by m.session_id desc limit ${MESSAGES}) x
    ${inSession('x')} order by x.session_id desc`,
  `select distinct x.${column} as id from (select m.${column} from a2a_messages m join sessions s on s.id = m.session_id and ${session('s')}
    where m.tenant_id = $1 and m.session_id = f.uid order by m.seq desc limit ${MESSAGES}) x where x.${column} is not null order by 1`);

const workOf = (relation: Relation, column: 'from_agent' | 'to_agent'): Arm[] => both(relation, 'AGENT', 'TASK',
  // Newest first, and looked at one by one until there are enough: a join would look at the session of each before it sorts.
  `select x.id::text as id from (select t.id, t.session_id from a2a_tasks t where t.tenant_id = $1 and t.${column} = f.id order by t.id desc offset 0) x
    cross join lateral (select from sessions s where s.id = x.session_id and ${session('s')} limit 1) seen`,
  `select t.${column} as id from a2a_tasks t ${inSession('t')} where t.tenant_id = $1 and t.id = f.uid and t.${column} is not null`);

/** All relations there are. A concept that comes adds its kind, its relations and its arms. */
export const ARMS: readonly Arm[] = [
  ...both('HAD_SESSION', 'USER', 'SESSION',
    `select s.id::text as id from sessions s where ${session('s')} and s.user_id = f.id order by s.id desc`,
    `select s.user_id as id from sessions s where ${session('s')} and s.id = f.uid`),
  ...both('TOOK_PART', 'AGENT', 'SESSION',
    `select s.id::text as id from sessions s where ${session('s')} and s.agent_id = f.id order by s.id desc`,
    `select s.agent_id as id from sessions s where ${session('s')} and s.id = f.uid and s.agent_id is not null`),
  ...spokeIn('from_agent'),
  ...spokeIn('to_agent'),
  ...both('PART_OF', 'SESSION', 'SESSION',
    `select p.id::text as id from sessions s join sessions p on p.id = s.parent_id and ${session('p')} where ${session('s')} and s.id = f.uid`,
    `select s.id::text as id from sessions s join sessions p on p.id = s.parent_id and ${session('p')} where ${session('s')} and s.parent_id = f.uid order by s.id desc`),
  ...both('TASK_OF', 'TASK', 'SESSION',
    `select t.session_id::text as id from a2a_tasks t ${inSession('t')} where t.tenant_id = $1 and t.id = f.uid`,
    `select t.id::text as id from a2a_tasks t ${inSession('t')} where t.tenant_id = $1 and t.session_id = f.uid order by t.id desc`),
  ...both('WORKED_IN', 'TASK', 'SESSION',
    `select w.id::text as id from a2a_tasks t ${inSession('t')} join sessions w on w.id = t.work_session_id and ${session('w')} where t.tenant_id = $1 and t.id = f.uid`,
    `select t.id::text as id from a2a_tasks t ${inSession('t')} join sessions w on w.id = t.work_session_id and ${session('w')}
      where t.tenant_id = $1 and t.work_session_id = f.uid order by t.id desc`),
  ...workOf('ASKED', 'from_agent'),
  ...workOf('WORKED_ON', 'to_agent'),
  ...both('DERIVED_FROM', 'MEMORY', 'SESSION',
    `select m.session_id::text as id from memories m ${inSession('m')} where ${memory('m')} and m.id = f.uid`,
    `select m.id::text as id from memories m ${inSession('m')} where ${memory('m')} and m.session_id = f.uid order by m.id desc`),
  ...both('SUPERSEDED_BY', 'MEMORY', 'MEMORY',
    `select n.id::text as id from memories m join memories n on n.id = m.superseded_by and ${memory('n')} where ${memory('m')} and m.id = f.uid`,
    `select m.id::text as id from memories m join memories n on n.id = m.superseded_by and ${memory('n')} where ${memory('m')} and m.superseded_by = f.uid order by m.id desc`),
  ...both('ABOUT', 'MEMORY', 'USER',
    `select m.scope ->> 'user_id' as id from memories m where ${memory('m')} and m.id = f.uid and m.scope ? 'user_id'`,
    `select m.id::text as id from memories m where ${memory('m')} and m.scope ? 'user_id' and m.scope ->> 'user_id' = f.id order by m.id desc`),
  ...both('USED', 'SESSION', 'WORKFLOW',
    `select x.procedure_id::text as id from (select distinct u.procedure_id from procedure_uses u ${inSession('u')} where u.tenant_id = $1 and u.session_id = f.uid) x
      join procedures p on p.id = x.procedure_id and ${workflow('p')} order by p.id desc`,
    `select x.session_id::text as id from (
        select distinct u.session_id from procedure_uses u where u.tenant_id = $1 and u.procedure_id = f.uid and u.session_id is not null
          and exists (select from procedures p where ${workflow('p')} and p.id = f.uid) order by u.session_id desc) x
      cross join lateral (select from sessions s where s.id = x.session_id and ${session('s')} limit 1) seen`),
];
