import type { JsonObject } from '../../kernel/json';
import type { Scope } from '../../kernel/scope';

/** A durable fact in one pool of one bank. */
export interface Memory {
  readonly id: string;
  readonly bankId: string;
  readonly scope: Scope;
  readonly fact: string;
  readonly topics: readonly string[];
  /** 0 to 1; grows when the same fact is stated again. */
  readonly confidence: number;
  /** What it says as subject, attribute and value, lower case, when it reduces to that. */
  readonly subject: string | null;
  readonly attribute: string | null;
  readonly value: string | null;
  /** A new value of an exclusive attribute ends the old one. */
  readonly exclusive: boolean;
  /** When the fact is or was true; null where nobody said. */
  readonly validFrom: Date | null;
  readonly validTo: Date | null;
  readonly sessionId: string | null;
  /** The newest events that say so, at most 50. */
  readonly eventIds: readonly string[];
  /** How often it was stated, the first time included. */
  readonly evidenceCount: number;
  readonly metadata: JsonObject;
  /** Number of its latest revision, from 1. */
  readonly revision: number;
  /** The memory that contradicted it; superseded memories stay readable but leave search. */
  readonly supersededBy: string | null;
  readonly supersededAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date | null;
}

export const REVISION_ACTIONS = [
  'CREATED', 'UPDATED', 'DELETED', 'GENERATED_CREATED', 'GENERATED_UPDATED', 'CONFIRMED', 'SUPERSEDED',
] as const;
export type RevisionAction = (typeof REVISION_ACTIONS)[number];

/** An immutable snapshot per change of a memory. */
export interface MemoryRevision {
  readonly memoryId: string;
  readonly revision: number;
  readonly action: RevisionAction;
  readonly fact: string;
  readonly topics: readonly string[];
  readonly confidence: number;
  readonly validFrom: Date | null;
  readonly validTo: Date | null;
  readonly metadata: JsonObject;
  readonly eventIds: readonly string[];
  /** Why it changed, in words. For SUPERSEDED it quotes what the successor says now. */
  readonly reason: string | null;
  readonly principalId: string;
  readonly generationId: string | null;
  /** The extracted sentences behind the change. */
  readonly candidates: readonly string[];
  readonly createdAt: Date;
}

/** Why a memory was superseded, once what superseded it is gone; while that can be seen, its words are shown instead. */
export const SUPERSEDED_REASON = 'replaced by a newer statement';
export const supersededReason = (successor: string | null): string => (successor === null ? SUPERSEDED_REASON : `replaced by “${successor}”`);

export interface NewMemory {
  readonly bankId: string;
  readonly scope: Scope;
  readonly fact: string;
  readonly topics?: readonly string[];
  readonly confidence?: number;
  readonly metadata?: JsonObject;
  readonly validFrom?: Date | null;
  readonly validTo?: Date | null;
  readonly ttlSeconds?: number | null;
}

/** What a patch may change; a field that is absent stays, null clears. */
export type MemoryPatch = Partial<Omit<NewMemory, 'bankId' | 'scope'>>;

/** Memories of what was said somewhere, newest first. */
export interface DerivedMemories {
  readonly limit: number;
  /** Id of the last one already seen. */
  readonly after: string | null;
  readonly includeSuperseded: boolean;
}

export interface MemoryFilter {
  readonly bankId: string;
  readonly scope: Scope;
  readonly match: 'EXACT' | 'SUBSET';
  readonly topic?: string;
  readonly sessionId?: string;
  /** Superseded memories too; default only what holds now. */
  readonly includeSuperseded: boolean;
}

/** One entry of the feed of a pool's changes. */
export interface MemoryChange {
  /** Where to resume: pass it as `after`. */
  readonly cursor: string;
  readonly action: RevisionAction;
  readonly memoryId: string;
  readonly revision: number;
  /** The memory as it is now; null once it is deleted or expired. */
  readonly memory: Memory | null;
}
