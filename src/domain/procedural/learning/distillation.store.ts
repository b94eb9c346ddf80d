import type { Actor } from '../../../kernel/actor';
import type { PageRequest } from '../../../kernel/page';
import type { Scope } from '../../../kernel/scope';
import type { CandidateEvidence, CandidateContent, CandidateFilter, Distillation, ProcedureCandidate } from './distillation';

export interface CandidateDraft {
  readonly id: string;
  readonly scope: Scope;
  /** A hash per step. */
  readonly signature: readonly string[];
  readonly support: number;
  readonly confidence: number;
  readonly content: CandidateContent;
  readonly evidence: readonly CandidateEvidence[];
  readonly describedBy: string;
}

/** What a pool has of a pattern already. */
export interface KnownPattern {
  /** Null for the tombstone of a deleted workflow. */
  readonly candidate: ProcedureCandidate | null;
  readonly signature: readonly string[];
}

export type DistillationChange = Partial<Pick<Distillation, 'status' | 'phase' | 'done' | 'total' | 'trajectories' | 'isLimited' | 'proposed' | 'error'>>;

/** Those outside the actor's limits do not exist here. */
export interface DistillationStore {
  insert(actor: Actor, job: Pick<Distillation, 'id' | 'scope' | 'minSupport' | 'minConfidence'>): Promise<void>;
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Distillation | null)[]>;
  /** Newest first; `after` is the last id already seen. Of one pool, or all. */
  list(actor: Actor, scope: Scope | null, position: PageRequest): Promise<Distillation[]>;
  /** Changes a job that has not ended. @returns false when it has */
  change(actor: Actor, id: string, change: DistillationChange): Promise<boolean>;

  getCandidates(actor: Actor, ids: readonly string[]): Promise<readonly (ProcedureCandidate | null)[]>;
  /** Newest first; `after` is the last id already seen. */
  listCandidates(actor: Actor, filter: CandidateFilter, position: PageRequest): Promise<ProcedureCandidate[]>;
  lockCandidate(actor: Actor, id: string): Promise<ProcedureCandidate | null>;
  /** Everything a pool has decided, deleted or proposed: the newest 5,000. */
  known(actor: Actor, scope: Scope): Promise<KnownPattern[]>;
  /** Makes it, or renews the one of the same steps while that is undecided. */
  propose(actor: Actor, draft: CandidateDraft): Promise<void>;
  /** Withdraws proposals of the pool whose steps are not among these. @returns how many proposals are left */
  withdrawOthers(actor: Actor, scope: Scope, signatures: readonly (readonly string[])[]): Promise<number>;
  /** Decides the locked candidate. */
  decide(actor: Actor, id: string, decision: Pick<ProcedureCandidate, 'workflowId' | 'skillId' | 'reason'> & { readonly status: 'ACCEPTED' | 'REJECTED' }): Promise<void>;
}
