import type { Priority } from '../../jobs/jobs';
import type { Actor } from '../../kernel/actor';
import type { PageRequest } from '../../kernel/page';
import type { Scope } from '../../kernel/scope';
import type { Decision } from '../consolidation/consolidator';
import type { Candidate, LeftOut, ModelUsage } from '../extraction/extractor';
import type { CandidateOutcome, Generation, GenerationPhase, GenerationSource, Outcome } from './generation';

export interface GenerationDraft {
  readonly id: string;
  readonly bankId: string;
  readonly scope: Scope;
  readonly sessionId: string | null;
  readonly source: GenerationSource;
  readonly total: number;
  readonly priority: Priority;
}

/** A generation as its phases see it. */
export interface GenerationJob extends Generation {
  /** Who asked for it: author of the revisions it writes. */
  readonly principalId: string;
  /** How far extraction got: seq of the last event, number of the last part of a text. */
  readonly cursor: number;
}

/** A candidate ready to be kept; with an outcome it is settled from the start. */
export interface CandidateDraft {
  readonly candidate: Candidate;
  /** When the newest of its events was said. */
  readonly statedAt: Date;
  readonly verdict: { readonly outcome: Outcome; readonly reason: string } | null;
}

/** A decision with the neighbours it was made against, so that a paid answer survives a crash but not a change. */
export interface KeptDecision {
  readonly decision: Decision;
  /** `id@revision` of each neighbour. */
  readonly seen: readonly string[];
}

export interface OpenCandidate {
  readonly ordinal: number;
  readonly candidate: Candidate;
  readonly statedAt: Date;
  readonly kept: KeptDecision | null;
}

export interface Settlement {
  readonly outcome: Outcome;
  readonly memoryId: string | null;
  readonly revision: number | null;
  readonly reason: string | null;
  /** Empties the candidate: it quotes what was deleted. */
  readonly withoutWords?: boolean;
}

export interface GenerationFilter {
  readonly sessionId?: string;
  readonly pool?: { readonly bankId: string; readonly scope: Scope };
}

/** What a step changes; absent fields stay. */
export type JobChange = Partial<Pick<Generation, 'status' | 'phase' | 'done' | 'total' | 'extractor' | 'error'>> & {
  readonly cursor?: number;
  /** Added to what there is; only the first 500 are kept, all are counted. */
  readonly leftOut?: readonly LeftOut[];
  readonly usage?: readonly ModelUsage[];
  readonly finished?: true;
};

/** Generations of other tenants and outside the actor's scope limits do not exist here. */
export interface GenerationStore {
  insert(actor: Actor, draft: GenerationDraft): Promise<Generation>;
  /** In the order of `ids`, null where there is none. */
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Generation | null)[]>;
  /** Newest first; `after` is the last id already seen. */
  list(actor: Actor, filter: GenerationFilter, position: PageRequest): Promise<Generation[]>;
  /** Of each by ordinal, after that one, in the order of `ids`. The words of a candidate are empty where its memory is deleted or expired. */
  candidatesOfMany(actor: Actor, ids: readonly string[], position: PageRequest<number>): Promise<readonly (readonly CandidateOutcome[])[]>;
  /** How many candidates ended in each outcome, and how many are open. */
  outcomes(actor: Actor, generationId: string): Promise<ReadonlyMap<Outcome | null, number>>;
  /** In the order of `ids`. */
  outcomesOfMany(actor: Actor, ids: readonly string[]): Promise<readonly ReadonlyMap<Outcome | null, number>[]>;

  job(actor: Actor, id: string): Promise<GenerationJob | null>;
  /** Locks the row until the transaction ends: whoever changes a generation or its candidates holds it first. */
  lock(actor: Actor, id: string): Promise<GenerationJob | null>;
  change(actor: Actor, id: string, change: JobChange): Promise<GenerationJob>;
  /** Empties the raw text or facts of the source: candidates hold them from now on, and go with their memories. */
  forgetSource(actor: Actor, id: string): Promise<void>;
  /** Generations of a bank that have not ended, by id from there on, whatever the actor's scopes: for who takes the bank away. */
  unfinishedOfBank(actor: Actor, bankId: string, after: string | null, limit: number): Promise<(Pick<Generation, 'id' | 'phase' | 'done' | 'total'>)[]>;
  /** Counts `by` more units of the phase as done; null when the generation is no longer in it. */
  advance(actor: Actor, id: string, phase: GenerationPhase, by: number): Promise<Pick<Generation, 'status' | 'phase' | 'done' | 'total'> | null>;

  addCandidates(actor: Actor, id: string, drafts: readonly CandidateDraft[]): Promise<void>;
  /** The first open candidates in order. */
  open(actor: Actor, id: string, limit: number): Promise<OpenCandidate[]>;
  keepDecisions(actor: Actor, id: string, decisions: readonly KeptDecision[]): Promise<void>;
  /** Settles an open candidate; false when it already was. */
  settle(actor: Actor, id: string, ordinal: number, settlement: Settlement): Promise<boolean>;
  /**
   * Takes a FAILED generation, or one that completed without vectors, back to where it stood, with the candidates that failed
   * for its reason; null when it is neither.
   */
  reopen(actor: Actor, id: string): Promise<GenerationJob | null>;
  /** Settles every open candidate as FAILED. @returns how many */
  failOpen(actor: Actor, id: string, reason: string): Promise<number>;
}
