import type { JsonObject } from '../../kernel/json';
import type { Scope, ScopeMatch } from '../../kernel/scope';
import type { Passage } from '../document/document';
import type { Memory } from '../memory/memory';
import type { Event } from '../session/event';
import type { AsOfInput } from './as-of';
import type { RecallFilter } from './filters';

export const RECALL_KINDS = ['MEMORY', 'EVENT', 'DOCUMENT'] as const;
export type RecallKind = (typeof RECALL_KINDS)[number];

/**
 * Why an answer may be less than it could be: no vectors for all of it, writes that were waited for in vain, events whose object store is
 * away; or the database is away, and this is what was answered last, as of `indexedThrough`.
 */
export const DEGRADATIONS = ['VECTOR', 'PENDING_WRITES', 'OBJECTS', 'REPLACED_PASSAGES', 'CACHE_ONLY'] as const;
export type Degradation = (typeof DEGRADATIONS)[number];

export interface RecallScope {
  readonly scope: Scope;
  readonly match: ScopeMatch;
}

export interface RecallInput {
  /** 1 to 10; each EXACT unless said otherwise. */
  readonly scopes: readonly { readonly scope: Scope; readonly match?: ScopeMatch | null }[];
  readonly bankId?: string | null;
  /** 1 to 2,000 characters. Without a content word in it the newest come first. */
  readonly query: string;
  /** 1 to 100, default 10. */
  readonly topK?: number | null;
  /** Default MEMORY. */
  readonly kinds?: readonly RecallKind[] | null;
  readonly filter?: RecallFilter | null;
  /** A look back: memories as their revisions show them, events that were there. By words alone. */
  readonly asOf?: AsOfInput | null;
  /** A consistency token: what it stands for is visible in the answer, or PENDING_WRITES is in `degraded`. */
  readonly waitFor?: string | null;
  /** Milliseconds, at most 30,000, default 5,000. */
  readonly waitMs?: number | null;
}

/** What made a hit's score; null where a part had no say. */
export interface Explanation {
  /** Cosine similarity of the vectors, −1 to 1. */
  readonly vector: number | null;
  /** BM25 of a memory or passage; for an event its ranking score, 0 to 1. */
  readonly lexical: number | null;
  /** Share of the matched words that are corrections of a misspelt query word. */
  readonly fuzzy: number | null;
  /** Reciprocal rank fusion of the arms before recency and confidence, as a share of the best possible. */
  readonly rrf: number | null;
  /** 0 to 1, relative to the newest candidate. */
  readonly recency: number | null;
  readonly confidence: number | null;
  /** Words of the hit itself that matched the query. */
  readonly matchedWords: readonly string[];
  /** What each cue added to an event's score. */
  readonly parts: JsonObject;
  readonly notes: readonly string[];
}

interface HitBase {
  /** 0 to 1. */
  readonly score: number;
  /** Which of the scopes asked for it belongs to; the first, when it belongs to several. */
  readonly scopeIndex: number;
  readonly explanation: Explanation;
}
export type MemoryHit = HitBase & { readonly kind: 'MEMORY'; readonly memory: Memory };
export type EventHit = HitBase & { readonly kind: 'EVENT'; readonly event: Event };
export type PassageHit = HitBase & { readonly kind: 'DOCUMENT'; readonly passage: Passage };
export type RecallHit = MemoryHit | EventHit | PassageHit;

export interface RecallResult {
  /** Best first. */
  readonly hits: readonly RecallHit[];
  readonly degraded: readonly Degradation[];
  /** Everything committed by then was found by its words. */
  readonly indexedThrough: Date;
}
