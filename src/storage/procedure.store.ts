import type { ProcedureRevision } from '../domain/procedural/procedure';
import type { ProcedureStore, RevisionDraft } from '../domain/procedural/procedure.store';
import type { Actor } from '../kernel/actor';
import { scopeHash, scopeSubsetHashes } from '../kernel/scope';
import { inOrderOf } from './in-order-of';
import {
  contentValues, PROCEDURE_COLUMNS as COLUMNS, PROCEDURES, toProcedure, toRevision, toUse, toWorkflow, WITH_STATS,
  type ProcedureRevisionRow, type ProcedureRow, type UseRow,
} from './procedure-row';
import { limitHashes, visibleTo } from './scope-limits';
import { planned, prepared, type Sql } from './sql';

const LIMITED = '($3::bigint[] is null or p.scope_sub && $3)';
const GET_MANY = prepared('procedure.getMany', `
  select ${COLUMNS} from procedures p ${WITH_STATS} where p.tenant_id = $1 and p.id = any ($2::uuid[]) and ${LIMITED}`);
const LOCK = prepared('procedure.lock', `
  select ${COLUMNS} from procedures p ${WITH_STATS} where p.tenant_id = $1 and p.id = $2 and ${LIMITED} for update of p`);

const list = (pool: string): string => `
  select ${COLUMNS} from procedures p ${WITH_STATS}
  where p.tenant_id = $1 and ${pool} and ${LIMITED} and p.kind = $5 and ($6::text is null or p.skill_type = $6) and ($7::text is null or p.agent_id = $7)
    and ($8::uuid is null or p.session_id = $8) and ($9::text is null or p.outcome = $9) and ($10::uuid is null or p.id < $10)
  order by p.id desc limit $11`;
const LIST_EXACT = prepared('procedure.listExact', list('p.scope_hash = $2 and p.scope = $4'));
const LIST_SUBSET = planned('procedure.listSubset', list('p.scope_sub @> array[$2::bigint] and p.scope @> $4'));

const REVISIONS = prepared('procedure.revisions', `
  select r.procedure_id, r.revision, r.action, r.content, r.metadata, r.reason, r.principal_id, r.created_at, p.scope
  from procedures p cross join lateral (
    select * from procedure_revisions where tenant_id = p.tenant_id and procedure_id = p.id and ($4::int is null or revision < $4) order by revision desc limit $5) r
  where p.tenant_id = $1 and p.id = any ($2::uuid[]) and ${LIMITED} order by r.procedure_id, r.revision desc`);

const CONTENT = 'agent_id, session_id, outcome, skill_type, content, text, text_hash, tsv, length';
const INSERT = prepared('procedure.insert', `
  insert into procedures (tenant_id, id, ${CONTENT}, metadata, kind, scope, scope_hash, scope_sub, candidate_id, principal_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::tsvector, $11, $12, $13, $14, $15, $16, $17, $18)`);
const SAVE = prepared('procedure.save', `
  update procedures set (${CONTENT}) = ($3, $4, $5, $6, $7, $8, $9, $10::tsvector, $11), metadata = $12, revision = $13, updated_at = now()
  where tenant_id = $1 and id = $2`);
const ADD_REVISION = prepared('procedure.addRevision', `
  insert into procedure_revisions (tenant_id, procedure_id, revision, action, content, metadata, reason, principal_id) values ($1, $2, $3, $4, $5, $6, $7, $8)`);

const REMOVE = prepared('procedure.remove', `
  with gone as (delete from procedures where tenant_id = $1 and id = $2 returning scope_hash),
  withdrawn as (
    delete from procedure_candidates where tenant_id = $1 and status = 'PROPOSED' and evidence @> jsonb_build_array(jsonb_build_object('trajectoryId', $2::uuid))),
  unquoted as (
    update procedure_candidates set content = null, evidence = '[]', updated_at = now() where tenant_id = $1 and workflow_id = $2),
  counted as (update corpus_stats set erased = true where tenant_id = $1 and corpus = 'procedures')
  insert into procedure_tombstones (tenant_id, procedure_id, scope_hash, signature)
  select $1, $2, scope_hash, $3 from gone where cardinality($3::text[]) > 0`);

/** The counters change if, and only if, the use is new. */
const ADD_USE = prepared('procedure.addUse', `
  with told as (
    insert into procedure_uses (tenant_id, id, procedure_id, session_id, agent_id, outcome, note, principal_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning procedure_id, created_at)
  insert into procedure_stats as s (tenant_id, procedure_id, uses, successes, last_used_at)
  select $1, procedure_id, 1, case when $6 = 'SUCCESS' then 1 else 0 end, created_at from told
  on conflict (tenant_id, procedure_id) do update set
    uses = s.uses + 1, successes = s.successes + excluded.successes, last_used_at = greatest(s.last_used_at, excluded.last_used_at)
  returning procedure_id`);
const USE_COLUMNS = 'u.id, u.procedure_id, u.session_id, u.agent_id, u.outcome, u.note, u.principal_id, u.created_at, p.scope';
const GET_USES = prepared('procedure.getUses', `
  select ${USE_COLUMNS} from procedure_uses u join procedures p on p.tenant_id = u.tenant_id and p.id = u.procedure_id
  where u.tenant_id = $1 and u.id = any ($2::uuid[]) and ${LIMITED}`);
const USES = prepared('procedure.uses', `
  select ${USE_COLUMNS} from procedures p cross join lateral (
    select * from procedure_uses where tenant_id = p.tenant_id and procedure_id = p.id and ($4::uuid is null or id < $4) order by id desc limit $5) u
  where p.tenant_id = $1 and p.id = any ($2::uuid[]) and ${LIMITED} order by u.procedure_id, u.id desc`);

/** Of sessions that the actor may see: their ids came from an answer to it. */
const WORKFLOWS_OF_SESSIONS = prepared('procedure.workflowsOfSessions', `
  select asked.id as session_id, ${COLUMNS} from unnest($2::uuid[]) as asked (id) cross join lateral (
    select w.* from procedures w where w.tenant_id = $1 and w.kind = 'WORKFLOW' and ($3::bigint[] is null or w.scope_sub && $3) and ($4::uuid is null or w.id > $4)
      and w.id in (select u.procedure_id from procedure_uses u where u.tenant_id = $1 and u.session_id = asked.id)
    order by w.id limit $5) p ${WITH_STATS} order by asked.id, p.id`);

export function createProcedureStore(sql: Sql): ProcedureStore {
  const addRevision = async (actor: Actor, id: string, revision: number, { content, metadata }: Pick<ProcedureRevision, 'metadata'> & { content: unknown }, { action, reason }: RevisionDraft): Promise<void> => {
    await sql.query(ADD_REVISION, [actor.tenantId, id, revision, action, JSON.stringify(content), JSON.stringify(metadata), reason, actor.principalId]);
  };

  return {
    async getMany(actor, ids) {
      const rows = await sql.query<ProcedureRow>(GET_MANY, [actor.tenantId, ids, limitHashes(actor, PROCEDURES)]);
      const byId = new Map(visibleTo(actor, rows).map((row) => [row.id, toProcedure(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async list(actor, { scope, match, kind, skillType, agentId, sessionId, outcome }, { limit, after }) {
      const rows = await sql.query<ProcedureRow>(match === 'EXACT' ? LIST_EXACT : LIST_SUBSET, [
        actor.tenantId, scopeHash(actor.tenantId, PROCEDURES, scope), limitHashes(actor, PROCEDURES), JSON.stringify(scope),
        kind, skillType ?? null, agentId ?? null, sessionId ?? null, outcome ?? null, after, limit,
      ]);
      return visibleTo(actor, rows).map(toProcedure);
    },

    async revisionsOfMany(actor, ids, { limit, before }) {
      const rows = await sql.query<ProcedureRevisionRow>(REVISIONS, [actor.tenantId, ids, limitHashes(actor, PROCEDURES), before, limit]);
      return inOrderOf(ids, visibleTo(actor, rows), (row) => row.procedure_id, toRevision);
    },

    async lock(actor, id) {
      const [row] = visibleTo(actor, await sql.query<ProcedureRow>(LOCK, [actor.tenantId, id, limitHashes(actor, PROCEDURES)]));
      return row === undefined ? null : toProcedure(row);
    },

    async insert(actor, draft, revision) {
      const { tenantId } = actor;
      await sql.query(INSERT, [
        tenantId, draft.id, ...contentValues(draft), JSON.stringify(draft.metadata), draft.kind, JSON.stringify(draft.scope),
        scopeHash(tenantId, PROCEDURES, draft.scope), scopeSubsetHashes(tenantId, PROCEDURES, draft.scope), draft.candidateId, actor.principalId,
      ]);
      await addRevision(actor, draft.id, 1, draft, revision);
    },

    async save(actor, id, state, revision) {
      await sql.query(SAVE, [actor.tenantId, id, ...contentValues(state), JSON.stringify(state.metadata), state.revision]);
      await addRevision(actor, id, state.revision, state, revision);
    },

    async remove(actor, id, signature) {
      await sql.query(REMOVE, [actor.tenantId, id, signature]);
    },

    addUse: async (actor, { id, procedureId, sessionId, agentId, outcome, note }) =>
      (await sql.query(ADD_USE, [actor.tenantId, id, procedureId, sessionId, agentId, outcome, note, actor.principalId])).length > 0,

    async getUses(actor, ids) {
      const rows = await sql.query<UseRow>(GET_USES, [actor.tenantId, ids, limitHashes(actor, PROCEDURES)]);
      const byId = new Map(visibleTo(actor, rows).map((row) => [row.id, toUse(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async usesOfMany(actor, procedureIds, { limit, before }) {
      const rows = await sql.query<UseRow>(USES, [actor.tenantId, procedureIds, limitHashes(actor, PROCEDURES), before, limit]);
      return inOrderOf(procedureIds, visibleTo(actor, rows), (row) => row.procedure_id, toUse);
    },

    async workflowsOfSessions(actor, sessionIds, { limit, after }) {
      const rows = await sql.query<ProcedureRow & { session_id: string }>(WORKFLOWS_OF_SESSIONS, [actor.tenantId, sessionIds, limitHashes(actor, PROCEDURES), after, limit]);
      return inOrderOf(sessionIds, visibleTo(actor, rows), (row) => row.session_id, toWorkflow);
    },
  };
}
