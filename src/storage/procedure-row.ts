import { textHash, textOf } from '../domain/procedural/procedure-text';
import type { Procedure, ProcedureAction, ProcedureContent, ProcedureKind, ProcedureRevision, ProcedureUse, Workflow } from '../domain/procedural/procedure';
import { analyze, toTsVector } from '../domain/search/text-analysis';
import type { JsonObject } from '../kernel/json';
import type { Scope } from '../kernel/scope';

/** Namespace of procedures' scopes inside scope hashes. */
export const PROCEDURES = 'procedures';

export interface ProcedureRow {
  readonly id: string;
  readonly kind: ProcedureKind;
  readonly scope: Scope;
  readonly content: JsonObject;
  readonly metadata: JsonObject;
  readonly candidate_id: string | null;
  readonly principal_id: string;
  readonly revision: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly uses: string | null;
  readonly successes: string | null;
  readonly last_used_at: Date | null;
}

/** Columns of a procedure `p` with its counters `s`. */
export const PROCEDURE_COLUMNS = `p.id, p.kind, p.scope, p.content, p.metadata, p.candidate_id, p.principal_id, p.revision, p.created_at, p.updated_at,
  s.uses, s.successes, s.last_used_at`;
export const WITH_STATS = 'left join procedure_stats s on s.tenant_id = p.tenant_id and s.procedure_id = p.id';

export function toProcedure(row: ProcedureRow): Procedure {
  const stored = {
    id: row.id, scope: row.scope, metadata: row.metadata, principalId: row.principal_id, revision: row.revision, createdAt: row.created_at, updatedAt: row.updated_at,
  };
  const usage = { usageCount: Number(row.uses ?? 0), successCount: Number(row.successes ?? 0), lastUsedAt: row.last_used_at, candidateId: row.candidate_id };
  const { kind, content } = { kind: row.kind, content: row.content } as unknown as ProcedureContent; // a seam: written from it
  switch (kind) {
    case 'WORKFLOW': return { kind, ...content, ...stored, ...usage };
    case 'SKILL': return { kind, ...content, ...stored, ...usage };
    case 'TRAJECTORY': return { kind, ...content, ...stored };
  }
}

export const toWorkflow = (row: ProcedureRow): Workflow => {
  const procedure = toProcedure(row);
  if (procedure.kind !== 'WORKFLOW') throw new Error(`procedure ${row.id} is no workflow`);
  return procedure;
};

/** What is written of the content: filtered by, kept, and found by. In the order of the statements' columns. */
export function contentValues(procedure: ProcedureContent): unknown[] {
  const text = textOf(procedure);
  const analysis = analyze(text);
  const { agentId, sessionId, outcome } = procedure.kind === 'TRAJECTORY' ? procedure.content : { agentId: null, sessionId: null, outcome: null };
  return [
    agentId, sessionId, outcome, procedure.kind === 'SKILL' ? procedure.content.type : null, JSON.stringify(procedure.content),
    text, textHash(text), toTsVector(analysis), analysis.length,
  ];
}

export interface ProcedureRevisionRow {
  readonly procedure_id: string;
  readonly revision: number;
  readonly action: ProcedureAction;
  readonly content: JsonObject;
  readonly metadata: JsonObject;
  readonly reason: string | null;
  readonly principal_id: string;
  readonly created_at: Date;
  readonly scope: Scope;
}

export const toRevision = (row: ProcedureRevisionRow): ProcedureRevision => ({
  procedureId: row.procedure_id,
  revision: row.revision,
  action: row.action,
  content: row.content,
  metadata: row.metadata,
  reason: row.reason,
  principalId: row.principal_id,
  createdAt: row.created_at,
});

export interface UseRow {
  readonly id: string;
  readonly procedure_id: string;
  readonly session_id: string | null;
  readonly agent_id: string | null;
  readonly outcome: ProcedureUse['outcome'];
  readonly note: string | null;
  readonly principal_id: string;
  readonly created_at: Date;
  readonly scope: Scope;
}

export const toUse = (row: UseRow): ProcedureUse => ({
  id: row.id,
  procedureId: row.procedure_id,
  sessionId: row.session_id,
  agentId: row.agent_id,
  outcome: row.outcome,
  note: row.note,
  principalId: row.principal_id,
  createdAt: row.created_at,
});
