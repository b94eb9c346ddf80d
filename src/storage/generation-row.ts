import { z } from 'zod';
import type { Decision } from '../domain/consolidation/consolidator';
import type { Candidate, LeftOut, ModelUsage } from '../domain/extraction/extractor';
import type { CandidateOutcome, GenerationPhase, GenerationStatus, Outcome } from '../domain/generation/generation';
import type { GenerationJob, KeptDecision, OpenCandidate } from '../domain/generation/generation.store';
import type { Scope } from '../kernel/scope';
import { priorityOf } from './job-ledger';

export interface GenerationRow {
  readonly id: string;
  readonly bank_id: string;
  readonly scope: Scope;
  readonly session_id: string | null;
  readonly source: unknown;
  readonly status: GenerationStatus;
  readonly phase: GenerationPhase;
  readonly priority: number;
  readonly done: number;
  readonly total: number;
  readonly cursor: string;
  readonly left_out: readonly LeftOut[];
  readonly left_out_count: number;
  readonly usage: readonly ModelUsage[];
  readonly extractor: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly principal_id: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
}

/** JSON holds dates as text. */
const DATE = z.iso.datetime().transform((text) => new Date(text));

const SOURCE = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), sessionId: z.string(), fromSeq: z.number(), toSeq: z.number() }),
  z.object({ kind: z.literal('text'), text: z.string(), speaker: z.string(), occurredAt: DATE }),
  z.object({ kind: z.literal('facts'), facts: z.array(z.string()) }),
]);

const CANDIDATE: z.ZodType<Candidate> = z.object({
  fact: z.string(),
  topics: z.array(z.string()),
  confidence: z.number(),
  eventIds: z.array(z.string()),
  subject: z.string().nullable(),
  attribute: z.string().nullable(),
  value: z.string().nullable(),
  exclusive: z.boolean(),
  validFrom: DATE.nullable(),
  validTo: DATE.nullable(),
});

const weighed = { ordinal: z.number(), reason: z.string() };
const about = { ...weighed, memoryId: z.string() };
const DECISION: z.ZodType<Decision> = z.discriminatedUnion('action', [
  z.object({ ...weighed, action: z.literal('create') }),
  z.object({ ...weighed, action: z.literal('quarantine') }),
  z.object({ ...about, action: z.literal('duplicate') }),
  z.object({ ...about, action: z.literal('refine'), fact: z.string() }),
  z.object({ ...about, action: z.literal('contradict') }),
  z.object({ ...about, action: z.literal('retract') }),
]);
const KEPT: z.ZodType<KeptDecision> = z.object({ decision: DECISION, seen: z.array(z.string()) });

export const toGeneration = (row: GenerationRow): GenerationJob => ({
  id: row.id,
  bankId: row.bank_id,
  scope: row.scope,
  sessionId: row.session_id,
  source: SOURCE.parse(row.source),
  status: row.status,
  phase: row.phase,
  priority: priorityOf(row.priority),
  done: row.done,
  total: row.total,
  cursor: Number(row.cursor),
  leftOut: row.left_out,
  leftOutCount: row.left_out_count,
  usage: row.usage,
  extractor: row.extractor,
  error: row.error,
  principalId: row.principal_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  finishedAt: row.finished_at,
});

export interface OpenRow {
  readonly ordinal: number;
  readonly candidate: unknown;
  readonly stated_at: Date;
  readonly decision: unknown;
}

export const toOpenCandidate = (row: OpenRow): OpenCandidate => ({
  ordinal: row.ordinal,
  candidate: CANDIDATE.parse(row.candidate),
  statedAt: row.stated_at,
  kept: row.decision === null ? null : KEPT.parse(row.decision),
});

export interface OutcomeRow {
  readonly generation_id: string;
  readonly ordinal: number;
  readonly candidate: unknown;
  readonly outcome: Outcome | null;
  readonly memory_id: string | null;
  readonly revision: number | null;
  readonly reason: string | null;
  readonly scope: Scope;
}

export const toCandidateOutcome = (row: OutcomeRow): CandidateOutcome => ({
  ordinal: row.ordinal,
  candidate: CANDIDATE.parse(row.candidate),
  outcome: row.outcome,
  memoryId: row.memory_id,
  revision: row.revision,
  reason: row.reason,
});
