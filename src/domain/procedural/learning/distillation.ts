import type { Scope, ScopeMatch } from '../../../kernel/scope';
import type { ProcedureOutcome, SkillContent, WorkflowContent } from '../procedure';

export const DISTILLATION_STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;
export type DistillationStatus = (typeof DISTILLATION_STATUSES)[number];
export const DISTILLATION_PHASES = ['READ', 'MINE', 'DESCRIBE', 'DONE'] as const;
export type DistillationPhase = (typeof DISTILLATION_PHASES)[number];

/** A job that learns from the trajectories of one pool. */
export interface Distillation {
  readonly id: string;
  readonly scope: Scope;
  readonly minSupport: number;
  readonly minConfidence: number;
  readonly status: DistillationStatus;
  readonly phase: DistillationPhase;
  /** Patterns described, of those found. */
  readonly done: number;
  readonly total: number;
  /** How many trajectories were read. */
  readonly trajectories: number;
  /** Whether older ones were left out. */
  readonly isLimited: boolean;
  /** Candidates of the pool that wait for a decision, as this job left them. */
  readonly proposed: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly principalId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

export const CANDIDATE_STATUSES = ['PROPOSED', 'ACCEPTED', 'REJECTED'] as const;
export type CandidateStatus = (typeof CANDIDATE_STATUSES)[number];

/** Where a pattern was seen. */
export interface CandidateEvidence {
  readonly trajectoryId: string;
  /** First and last step that belong to it, from 0. */
  readonly fromStep: number;
  readonly toStep: number;
  readonly outcome: ProcedureOutcome;
  /** False for a failure that only began alike. */
  readonly isWhole: boolean;
}

export interface CandidateContent {
  readonly workflow: WorkflowContent;
  /** Where the pattern is one of tools or of agents working together. */
  readonly skill: SkillContent | null;
}

/** A workflow, and perhaps a skill, that recurring trajectories suggest. */
export interface ProcedureCandidate {
  readonly id: string;
  readonly scope: Scope;
  readonly status: CandidateStatus;
  /** Successful trajectories that it occurs in. */
  readonly support: number;
  /** Successes among all trajectories that it occurs in. */
  readonly confidence: number;
  /** Null once the workflow made of it is deleted. */
  readonly content: CandidateContent | null;
  readonly evidence: readonly CandidateEvidence[];
  /** `offline`, or the model that wrote names and descriptions. */
  readonly describedBy: string;
  readonly workflowId: string | null;
  readonly skillId: string | null;
  /** Why it was rejected. */
  readonly reason: string | null;
  readonly principalId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly decidedAt: Date | null;
}

export interface CandidateFilter {
  readonly scope: Scope;
  readonly match: ScopeMatch;
  readonly status?: CandidateStatus;
}

/** 0 to 1. */
export function progressOf({ status, phase, done, total }: Distillation): number {
  if (status === 'COMPLETED') return 1;
  if (phase === 'DESCRIBE') return 0.5 + (total === 0 ? 0 : (0.5 * done) / total);
  return phase === 'MINE' ? 0.2 : 0;
}
