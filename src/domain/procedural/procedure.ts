import type { JsonObject } from '../../kernel/json';
import type { Scope, ScopeMatch } from '../../kernel/scope';

export const PROCEDURE_KINDS = ['WORKFLOW', 'SKILL', 'TRAJECTORY'] as const;
export type ProcedureKind = (typeof PROCEDURE_KINDS)[number];

export const OUTCOMES = ['SUCCESS', 'FAILURE', 'PARTIAL'] as const;
export type ProcedureOutcome = (typeof OUTCOMES)[number];

export const SKILL_TYPES = ['TOOL_USAGE', 'REASONING_PATTERN', 'COORDINATION'] as const;
export type SkillType = (typeof SKILL_TYPES)[number];

export const IMPLEMENTATION_KINDS = ['CODE', 'PROMPT_TEMPLATE'] as const;
export type ImplementationKind = (typeof IMPLEMENTATION_KINDS)[number];

export interface WorkflowStep {
  readonly action: string;
  readonly reasoning: string | null;
  /** JSON Schemas of what the step takes and gives. */
  readonly inputSchema: JsonObject | null;
  readonly outputSchema: JsonObject | null;
}

/** What tells whether a workflow went well. */
export interface SuccessMetric {
  readonly name: string;
  readonly target: string | null;
}

export interface WorkflowContent {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly WorkflowStep[];
  readonly successMetrics: readonly SuccessMetric[];
  readonly learningPoints: readonly string[];
  /** What went wrong where others began alike. */
  readonly warnings: readonly string[];
}

export interface SkillImplementation {
  readonly kind: ImplementationKind;
  /** Of code: `typescript`, `python`. */
  readonly language: string | null;
  readonly body: string;
}

export interface SkillContent {
  readonly name: string;
  readonly description: string;
  readonly type: SkillType;
  readonly implementation: SkillImplementation;
}

export interface TrajectoryStep {
  readonly thought: string | null;
  readonly action: string;
  readonly observation: string | null;
  readonly durationMs: number | null;
}

export interface TrajectoryContent {
  readonly agentId: string;
  readonly sessionId: string | null;
  readonly task: string;
  readonly steps: readonly TrajectoryStep[];
  readonly outcome: ProcedureOutcome;
  readonly learningPoints: readonly string[];
}

interface Stored {
  readonly id: string;
  readonly scope: Scope;
  readonly metadata: JsonObject;
  readonly principalId: string;
  /** Number of its latest revision, from 1. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How often it was used and went well. */
export interface Usage {
  readonly usageCount: number;
  readonly successCount: number;
  readonly lastUsedAt: Date | null;
}

interface Used extends Stored, Usage {
  /** The candidate it was learnt from; null for one that was written. */
  readonly candidateId: string | null;
}

export type Workflow = { readonly kind: 'WORKFLOW' } & WorkflowContent & Used;
export type Skill = { readonly kind: 'SKILL' } & SkillContent & Used;
export type Trajectory = { readonly kind: 'TRAJECTORY' } & TrajectoryContent & Stored;
export type Procedure = Workflow | Skill | Trajectory;
export type ProcedureOf<Kind extends ProcedureKind> = Extract<Procedure, { kind: Kind }>;

/** What is written of a procedure, checked. */
export type ProcedureContent =
  | { readonly kind: 'WORKFLOW'; readonly content: WorkflowContent }
  | { readonly kind: 'SKILL'; readonly content: SkillContent }
  | { readonly kind: 'TRAJECTORY'; readonly content: TrajectoryContent };

/** Share of uses that went well; null before the first. */
export const successRateOf = ({ usageCount, successCount }: Usage): number | null => (usageCount === 0 ? null : successCount / usageCount);

export const PROCEDURE_ACTIONS = ['CREATED', 'UPDATED', 'ROLLED_BACK', 'LEARNED'] as const;
export type ProcedureAction = (typeof PROCEDURE_ACTIONS)[number];

/** An immutable snapshot per change. */
export interface ProcedureRevision {
  readonly procedureId: string;
  readonly revision: number;
  readonly action: ProcedureAction;
  /** Everything its kind holds, as it was then. */
  readonly content: JsonObject;
  readonly metadata: JsonObject;
  readonly reason: string | null;
  readonly principalId: string;
  readonly createdAt: Date;
}

export interface ProcedureFilter {
  readonly scope: Scope;
  readonly match: ScopeMatch;
  readonly kind: ProcedureKind;
  readonly skillType?: SkillType;
  readonly agentId?: string;
  readonly sessionId?: string;
  readonly outcome?: ProcedureOutcome;
}

export interface NewProcedureUse {
  /** UUIDv7 of the caller's own: the same use told again counts once. */
  readonly id?: string;
  readonly procedureId: string;
  readonly sessionId: string | null;
  readonly agentId: string | null;
  readonly outcome: ProcedureOutcome;
  readonly note: string | null;
}

/** One use of a workflow or skill, and how it ended. */
export interface ProcedureUse extends Required<NewProcedureUse> {
  readonly principalId: string;
  readonly createdAt: Date;
}
