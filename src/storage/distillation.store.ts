import type { CandidateContent, CandidateEvidence, CandidateStatus, Distillation, DistillationPhase, DistillationStatus, ProcedureCandidate } from '../domain/procedural/learning/distillation';
import type { DistillationStore } from '../domain/procedural/learning/distillation.store';
import { scopeHash, scopeSubsetHashes, type Scope } from '../kernel/scope';
import { PROCEDURES } from './procedure-row';
import { limitHashes, visibleTo } from './scope-limits';
import { planned, prepared, type Sql } from './sql';

const MAX_KNOWN = 5000;

const JOB = `d.id, d.scope, d.min_support, d.min_confidence, d.status, d.phase, d.done, d.total, d.trajectories, d.is_limited, d.proposed, d.error,
  d.principal_id, d.created_at, d.updated_at, d.finished_at`;
const INSERT = prepared('distillation.insert', `
  insert into distillations (tenant_id, id, scope, scope_hash, scope_sub, min_support, min_confidence, principal_id) values ($1, $2, $3, $4, $5, $6, $7, $8)`);
const GET_MANY = prepared('distillation.getMany', `
  select ${JOB} from distillations d where d.tenant_id = $1 and d.id = any ($2::uuid[]) and ($3::bigint[] is null or d.scope_sub && $3)`);
const LIST = planned('distillation.list', `
  select ${JOB} from distillations d where d.tenant_id = $1 and ($2::bigint is null or (d.scope_hash = $2 and d.scope = $3)) and ($4::bigint[] is null or d.scope_sub && $4)
    and ($5::uuid is null or d.id < $5) order by d.id desc limit $6`);
const CHANGE = prepared('distillation.change', `
  update distillations set status = coalesce($3, status), phase = coalesce($4, phase), done = coalesce($5, done), total = coalesce($6, total),
    trajectories = coalesce($7, trajectories), is_limited = coalesce($8, is_limited), proposed = coalesce($9, proposed), error = coalesce($10::jsonb, error),
    updated_at = now(), finished_at = case when $3 in ('COMPLETED', 'FAILED') then now() end
  where tenant_id = $1 and id = $2 and finished_at is null returning id`);

const CANDIDATE = `c.id, c.scope, c.signature, c.status, c.support, c.confidence, c.content, c.evidence, c.described_by, c.workflow_id, c.skill_id, c.reason,
  c.principal_id, c.created_at, c.updated_at, c.decided_at`;
const LIMITED = '($3::bigint[] is null or c.scope_sub && $3)';
const GET_CANDIDATES = prepared('candidate.getMany', `select ${CANDIDATE} from procedure_candidates c where c.tenant_id = $1 and c.id = any ($2::uuid[]) and ${LIMITED}`);
const LOCK_CANDIDATE = prepared('candidate.lock', `select ${CANDIDATE} from procedure_candidates c where c.tenant_id = $1 and c.id = $2 and ${LIMITED} for update`);
const list = (pool: string): string => `
  select ${CANDIDATE} from procedure_candidates c where c.tenant_id = $1 and ${pool} and ${LIMITED} and ($5::text is null or c.status = $5)
    and ($6::uuid is null or c.id < $6) order by c.id desc limit $7`;
const LIST_EXACT = prepared('candidate.listExact', list('c.scope_hash = $2 and c.scope = $4'));
const LIST_SUBSET = planned('candidate.listSubset', list('c.scope_sub @> array[$2::bigint] and c.scope @> $4'));
const KNOWN = prepared('candidate.known', `
  select ${CANDIDATE} from procedure_candidates c where c.tenant_id = $1 and c.scope_hash = $2 and c.scope = $3 order by c.id desc limit ${MAX_KNOWN}`);
const TOMBSTONES = prepared('candidate.tombstones', `
  select signature from procedure_tombstones where tenant_id = $1 and scope_hash = $2 order by deleted_at desc limit ${MAX_KNOWN}`);
const PROPOSE = prepared('candidate.propose', `
  insert into procedure_candidates as c (tenant_id, id, scope, scope_hash, scope_sub, signature, support, confidence, content, evidence, described_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  on conflict (tenant_id, scope_hash, signature) do update set support = excluded.support, confidence = excluded.confidence, content = excluded.content,
    evidence = excluded.evidence, described_by = excluded.described_by, updated_at = now()
  where c.status = 'PROPOSED'`);
const WITHDRAW_OTHERS = prepared('candidate.withdrawOthers', `
  delete from procedure_candidates where tenant_id = $1 and scope_hash = $2 and status = 'PROPOSED' and array_to_string(signature, ' ') <> all ($3::text[])`);
const COUNT = prepared('candidate.count', `select count(*)::int as candidates from procedure_candidates where tenant_id = $1 and scope_hash = $2 and status = 'PROPOSED'`);
const DECIDE = prepared('candidate.decide', `
  update procedure_candidates set status = $3, workflow_id = $4, skill_id = $5, reason = $6, principal_id = $7, decided_at = now(), updated_at = now()
  where tenant_id = $1 and id = $2`);

export function createDistillationStore(sql: Sql): DistillationStore {
  return {
    async insert(actor, { id, scope, minSupport, minConfidence }) {
      const { tenantId, principalId } = actor;
      await sql.query(INSERT, [tenantId, id, JSON.stringify(scope), scopeHash(tenantId, PROCEDURES, scope), scopeSubsetHashes(tenantId, PROCEDURES, scope), minSupport, minConfidence, principalId]);
    },

    async getMany(actor, ids) {
      const rows = visibleTo(actor, await sql.query<JobRow>(GET_MANY, [actor.tenantId, ids, limitHashes(actor, PROCEDURES)]));
      const byId = new Map(rows.map((row) => [row.id, toJob(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async list(actor, scope, { limit, after }) {
      const pool = scope === null ? [null, null] : [scopeHash(actor.tenantId, PROCEDURES, scope), JSON.stringify(scope)];
      return visibleTo(actor, await sql.query<JobRow>(LIST, [actor.tenantId, ...pool, limitHashes(actor, PROCEDURES), after, limit])).map(toJob);
    },

    change: async (actor, id, { status, phase, done, total, trajectories, isLimited, proposed, error }) =>
      (await sql.query(CHANGE, [
        actor.tenantId, id, status, phase, done, total, trajectories, isLimited, proposed, error === undefined || error === null ? null : JSON.stringify(error),
      ].map((value) => value ?? null))).length > 0,

    async getCandidates(actor, ids) {
      const rows = visibleTo(actor, await sql.query<CandidateRow>(GET_CANDIDATES, [actor.tenantId, ids, limitHashes(actor, PROCEDURES)]));
      const byId = new Map(rows.map((row) => [row.id, toCandidate(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async listCandidates(actor, { scope, match, status }, { limit, after }) {
      const rows = await sql.query<CandidateRow>(match === 'EXACT' ? LIST_EXACT : LIST_SUBSET, [
        actor.tenantId, scopeHash(actor.tenantId, PROCEDURES, scope), limitHashes(actor, PROCEDURES), JSON.stringify(scope), status ?? null, after, limit,
      ]);
      return visibleTo(actor, rows).map(toCandidate);
    },

    async lockCandidate(actor, id) {
      const [row] = visibleTo(actor, await sql.query<CandidateRow>(LOCK_CANDIDATE, [actor.tenantId, id, limitHashes(actor, PROCEDURES)]));
      return row === undefined ? null : toCandidate(row);
    },

    async known(actor, scope) {
      const hash = scopeHash(actor.tenantId, PROCEDURES, scope);
      const candidates = visibleTo(actor, await sql.query<CandidateRow>(KNOWN, [actor.tenantId, hash, JSON.stringify(scope)]));
      const deleted = await sql.query<{ signature: readonly string[] }>(TOMBSTONES, [actor.tenantId, hash]);
      return [...candidates.map((row) => ({ candidate: toCandidate(row), signature: row.signature })), ...deleted.map(({ signature }) => ({ candidate: null, signature }))];
    },

    async propose({ tenantId }, { id, scope, signature, support, confidence, content, evidence, describedBy }) {
      await sql.query(PROPOSE, [
        tenantId, id, JSON.stringify(scope), scopeHash(tenantId, PROCEDURES, scope), scopeSubsetHashes(tenantId, PROCEDURES, scope), signature, support, confidence,
        JSON.stringify(content), JSON.stringify(evidence), describedBy,
      ]);
    },

    async withdrawOthers({ tenantId }, scope, signatures) {
      const hash = scopeHash(tenantId, PROCEDURES, scope);
      await sql.query(WITHDRAW_OTHERS, [tenantId, hash, signatures.map((signature) => signature.join(' '))]);
      const [row] = await sql.query<{ candidates: number }>(COUNT, [tenantId, hash]);
      return row?.candidates ?? 0;
    },

    async decide({ tenantId, principalId }, id, { status, workflowId, skillId, reason }) {
      await sql.query(DECIDE, [tenantId, id, status, workflowId, skillId, reason, principalId]);
    },
  };
}

interface JobRow {
  readonly id: string;
  readonly scope: Scope;
  readonly min_support: number;
  readonly min_confidence: number;
  readonly status: DistillationStatus;
  readonly phase: DistillationPhase;
  readonly done: number;
  readonly total: number;
  readonly trajectories: number;
  readonly is_limited: boolean;
  readonly proposed: number;
  readonly error: Distillation['error'];
  readonly principal_id: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
}

const toJob = (row: JobRow): Distillation => ({
  id: row.id, scope: row.scope, minSupport: row.min_support, minConfidence: row.min_confidence, status: row.status, phase: row.phase, done: row.done, total: row.total,
  trajectories: row.trajectories, isLimited: row.is_limited, proposed: row.proposed, error: row.error, principalId: row.principal_id,
  createdAt: row.created_at, updatedAt: row.updated_at, finishedAt: row.finished_at,
});

interface CandidateRow {
  readonly id: string;
  readonly scope: Scope;
  readonly signature: readonly string[];
  readonly status: CandidateStatus;
  readonly support: number;
  readonly confidence: number;
  readonly content: CandidateContent | null;
  readonly evidence: readonly CandidateEvidence[];
  readonly described_by: string;
  readonly workflow_id: string | null;
  readonly skill_id: string | null;
  readonly reason: string | null;
  readonly principal_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly decided_at: Date | null;
}

const toCandidate = (row: CandidateRow): ProcedureCandidate => ({
  id: row.id, scope: row.scope, status: row.status, support: row.support, confidence: row.confidence, content: row.content, evidence: row.evidence,
  describedBy: row.described_by, workflowId: row.workflow_id, skillId: row.skill_id, reason: row.reason, principalId: row.principal_id,
  createdAt: row.created_at, updatedAt: row.updated_at, decidedAt: row.decided_at,
});
