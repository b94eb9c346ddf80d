import type { Priority } from '../../jobs/jobs';
import type { Scope } from '../../kernel/scope';
import type { Candidate, LeftOut, ModelUsage } from '../extraction/extractor';

/** Where facts come from: a session or a range of its events (both ends inclusive), raw text, or facts as they stand. */
export type GenerationSource =
  | { readonly kind: 'session'; readonly sessionId: string; readonly fromSeq: number; readonly toSeq: number }
  | { readonly kind: 'text'; readonly text: string; readonly speaker: string; readonly occurredAt: Date }
  | { readonly kind: 'facts'; readonly facts: readonly string[] };

export const GENERATION_STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELED'] as const;
export type GenerationStatus = (typeof GENERATION_STATUSES)[number];
export const GENERATION_PHASES = ['EXTRACT', 'CONSOLIDATE', 'EMBED', 'DONE'] as const;
export type GenerationPhase = (typeof GENERATION_PHASES)[number];

/** Every candidate ends in exactly one of these. */
export const OUTCOMES = ['CREATED', 'UPDATED', 'DELETED', 'UNCHANGED', 'NOTHING_FOUND', 'QUARANTINED', 'FAILED'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A durable job that turns a source into memories. Its row is the truth; queues only carry its id. */
export interface Generation {
  readonly id: string;
  readonly bankId: string;
  readonly scope: Scope;
  readonly sessionId: string | null;
  readonly source: GenerationSource;
  readonly status: GenerationStatus;
  readonly phase: GenerationPhase;
  /** How its jobs are queued. */
  readonly priority: Priority;
  /** Units of the current phase: turns while extracting, candidates while consolidating, memories while embedding. */
  readonly done: number;
  readonly total: number;
  /** Turns that no candidate cites, with the reason. Together with those that candidates cite they are all turns that were read. */
  readonly leftOut: readonly LeftOut[];
  /** All turns left out, `leftOut` holds the first 500. */
  readonly leftOutCount: number;
  readonly usage: readonly ModelUsage[];
  readonly extractor: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

/** One candidate of a generation with what became of it; `outcome` is null until it was consolidated. */
export interface CandidateOutcome {
  readonly ordinal: number;
  readonly candidate: Candidate;
  readonly outcome: Outcome | null;
  readonly memoryId: string | null;
  readonly revision: number | null;
  readonly reason: string | null;
}

/** One step of a generation as its feed tells it. */
export interface GenerationProgress {
  readonly cursor: string;
  readonly generationId: string;
  readonly status: GenerationStatus;
  readonly phase: GenerationPhase;
  readonly done: number;
  readonly total: number;
  /** Share of the whole job, 0 to 1. */
  readonly progress: number;
}

export const isTerminal = (status: GenerationStatus): boolean =>
  status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELED';
