import { MAX_EVENT_IDS, MAX_TOPICS } from './memory-rules';
import type { MemoryState, StoredMemory } from './memory.store';

/** Who said a statement again, and when. No event ids: it came as raw text or directly. */
export interface Evidence {
  readonly eventIds: readonly string[];
  /** 0 to 1. */
  readonly confidence: number;
  readonly statedAt: Date;
  readonly topics: readonly string[];
}

/** Share of the remaining doubt that a fully confident repetition takes away. */
const WEIGHT_OF_REPETITION = 0.25;

export const grownConfidence = (held: number, stated: number): number => Math.min(1, held + (1 - held) * stated * WEIGHT_OF_REPETITION);

const unique = (items: readonly string[]): string[] => [...new Set(items)];

/**
 * The memory with the evidence added; null when every event that says so is already known, so that extracting the same
 * events again, however often, changes nothing. Evidence adds no revision: the memory says what it said before.
 */
export function withEvidence(memory: StoredMemory, evidence: Evidence): MemoryState | null {
  const known = new Set(memory.eventIds);
  const fresh = unique(evidence.eventIds).filter((id) => !known.has(id));
  if (evidence.eventIds.length > 0 && fresh.length === 0) return null;
  return {
    ...memory,
    confidence: grownConfidence(memory.confidence, evidence.confidence),
    eventIds: [...memory.eventIds, ...fresh].slice(-MAX_EVENT_IDS),
    evidenceCount: memory.evidenceCount + 1,
    statedAt: evidence.statedAt > memory.statedAt ? evidence.statedAt : memory.statedAt,
    topics: unique([...memory.topics, ...evidence.topics]).slice(0, MAX_TOPICS),
  };
}
