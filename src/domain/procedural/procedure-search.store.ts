import type { Actor } from '../../kernel/actor';
import type { RecallScope } from '../search/recall';
import type { MemoryLexicalArm, VectorArm } from '../search/search.store';
import type { Procedure, ProcedureKind } from './procedure';

export interface ProcedurePools {
  readonly scopes: readonly RecallScope[];
  readonly kinds: readonly ProcedureKind[];
}

export interface FoundProcedure {
  readonly procedure: Procedure;
  /** What it was found by. */
  readonly text: string;
}

/** Ranks from 1, equals share one. */
export interface ProcedureCandidate extends FoundProcedure {
  readonly lexical: { readonly rank: number; readonly score: number } | null;
  readonly vector: { readonly rank: number; readonly similarity: number } | null;
  /** Sum over the arms of 1 / (60 + rank). */
  readonly rrf: number;
}

/** Those outside the actor's limits do not exist here. */
export interface ProcedureSearchStore {
  /** Best first. Vectors are compared one by one: exact, about 10 ms for 10,000. */
  find(actor: Actor, pools: ProcedurePools, arms: { readonly lexical: MemoryLexicalArm; readonly vector: VectorArm | null }, limit: number): Promise<ProcedureCandidate[]>;
  newest(actor: Actor, pools: ProcedurePools, limit: number): Promise<FoundProcedure[]>;
  /** Whether one of the pools' newest 500 has no vector of this space and its present words. */
  lacksVectors(actor: Actor, pools: ProcedurePools, space: string): Promise<boolean>;
}
