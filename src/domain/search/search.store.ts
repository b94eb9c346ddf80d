import type { Actor } from '../../kernel/actor';
import { sameScope, scopeContains, type Scope } from '../../kernel/scope';
import type { Passage } from '../document/document';
import type { Memory } from '../memory/memory';
import type { AsOf } from './as-of';
import type { FilterNode } from './filters';
import type { RecallScope } from './recall';
import type { SeedTerm } from './seed-terms';

/** Where to look: memories of one bank, and events, whose scopes stand for the same pools. */
export interface SearchPools {
  readonly bankId: string;
  readonly scopes: readonly RecallScope[];
}

export interface Search {
  readonly pools: SearchPools;
  readonly query: string;
  readonly filter: FilterNode | null;
  /** A look back; null or absent: now. */
  readonly asOf?: AsOf | null;
}

/** The lexical arm: any of the terms, ordered by BM25 with every term frequency taken as one (see `seedTerms`). */
export interface LexicalArm {
  readonly terms: readonly SeedTerm[];
  readonly averageLength: number;
}

/**
 * `common`: words too frequent to look at every row that has one. They count where something else led. `together`: such words of which some rows that have
 * all of them are looked at, the first the soonest; none where the terms lead to enough.
 */
export interface MemoryLexicalArm extends LexicalArm {
  readonly common: readonly SeedTerm[];
  readonly together: readonly (readonly string[])[];
}

export interface VectorArm {
  /** As `vectorSpaceOf` names it. */
  readonly space: string;
  readonly vector: readonly number[];
}

/** A memory that an arm found; ranks from 1, equals share one. */
export interface MemoryCandidate {
  readonly memory: Memory;
  readonly lexical: { readonly rank: number; readonly score: number } | null;
  readonly vector: { readonly rank: number; readonly similarity: number } | null;
  /** Sum over the arms of 1 / (60 + rank). */
  readonly rrf: number;
}

/** Active memories only: deleted, expired and superseded ones and those outside the actor's limits do not exist here. */
export interface MemorySearchStore {
  /** The planner's estimate of the pools' rows; may lag behind. */
  estimate(actor: Actor, pools: SearchPools): Promise<number>;
  /** Best first. */
  find(
    actor: Actor, pools: SearchPools, filter: FilterNode | null,
    arms: { readonly lexical: MemoryLexicalArm | null; readonly vector: VectorArm | null }, limit: number,
  ): Promise<MemoryCandidate[]>;
  newest(actor: Actor, pools: SearchPools, filter: FilterNode | null, limit: number): Promise<Memory[]>;
  /** What is best established, whatever is asked: most often stated, then most certain, then oldest. */
  established(actor: Actor, pools: SearchPools, limit: number): Promise<Memory[]>;
  /** Whether one of the newest memories (500 of each exact pool; those in the pools among the tenant's 500, if one is wider) has no vector of this space and its present words. */
  lacksVectors(actor: Actor, pools: SearchPools, space: string): Promise<boolean>;
}

/** A passage of a document that an arm found; the rest as in `MemoryCandidate`. */
export interface PassageCandidate extends Omit<MemoryCandidate, 'memory'> {
  readonly passage: Passage;
  readonly scope: Scope;
  /** Of the document. */
  readonly updatedAt: Date;
}

/** Passages outside the actor's limits do not exist here. */
/** Which passages count. */
export interface PassageFilter {
  readonly filter: FilterNode | null;
  /** Those that their documents had by then already, under the same headings; null for today's. */
  readonly knownAt: Date | null;
}

export interface DocumentSearchStore {
  /** The planner's estimate of the pools' passages; may lag behind. */
  estimate(actor: Actor, pools: SearchPools): Promise<number>;
  /** Best first. */
  find(
    actor: Actor, pools: SearchPools, among: PassageFilter,
    arms: { readonly lexical: MemoryLexicalArm | null; readonly vector: VectorArm | null }, limit: number,
  ): Promise<PassageCandidate[]>;
  /** The beginnings of the newest documents. */
  newest(actor: Actor, pools: SearchPools, among: PassageFilter, limit: number): Promise<readonly Pick<PassageCandidate, 'passage' | 'scope'>[]>;
  /** Whether one of the pools' documents waits for vectors of this space. */
  lacksVectors(actor: Actor, pools: SearchPools, space: string): Promise<boolean>;
  /** Whether one of the pools' documents was there by then and has had another version since, whose replaced passages are not kept. */
  changedSince(actor: Actor, pools: SearchPools, knownAt: Date): Promise<boolean>;
}

/** An event as search sees it. */
export interface FoundEvent {
  readonly eventId: string;
  readonly sessionId: string;
  readonly seq: number;
  readonly scope: Scope;
  /** The author's name, or what kind of author it is. */
  readonly speaker: string;
  /** At most 4,000 characters of its text, or of a tool's output; without text that came from recall. */
  readonly text: string;
  /** Where the whole of it is; `away`: in an object store that does not answer, so that there is no text. */
  readonly whole: 'row' | 'object' | 'away';
  readonly occurredAt: Date;
  /** False for what only stands beside a match and does not pass the filter itself. */
  readonly matches: boolean;
}

/** Events of expired sessions and outside the actor's limits do not exist here. */
export interface EventSearchStore {
  /** The best `limit` events that hold any of the terms, with up to three events on each side of each. In no order. */
  find(actor: Actor, pools: SearchPools, filter: FilterNode | null, lexical: LexicalArm, limit: number): Promise<FoundEvent[]>;
  /** Of the most recently used sessions; newest first. */
  newest(actor: Actor, pools: SearchPools, filter: FilterNode | null, limit: number): Promise<FoundEvent[]>;
}

/** Index of the first pool that holds the scope, −1 for none: rows are found by hash, so each is checked. */
export const poolIndex = ({ scopes }: SearchPools, scope: Scope): number =>
  scopes.findIndex((pool) => (pool.match === 'EXACT' ? sameScope(pool.scope, scope) : scopeContains(scope, pool.scope)));
