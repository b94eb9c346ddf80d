import type { ConsolidationItem, Consolidator, Decision } from '../consolidator';
import { relationOf } from './relation';

/**
 * Consolidation by rules: no model, the same answer every time. It merges what has the same words, the same subject,
 * attribute and value, or content words that contain each other; it ends what an exclusive attribute's new value or the
 * opposite statement contradicts; it never retracts and never quarantines. In doubt a candidate becomes a memory of its own.
 */
export function createRuleConsolidator(): Consolidator {
  return {
    decide: (items, signal) => {
      signal.throwIfAborted();
      return Promise.resolve({ decisions: items.map(decide), usage: [] });
    },
  };
}

function decide({ ordinal, candidate, neighbours }: ConsolidationItem): Decision {
  const related = neighbours
    .flatMap((memory) => {
      const relation = relationOf(candidate, memory);
      return relation === null ? [] : [{ memory, relation }];
    })
    .sort((a, b) => a.relation.rank - b.relation.rank);
  const [best] = related;
  if (best === undefined) return { ordinal, action: 'create', reason: 'new: nothing known says this' };
  const { memory, relation: { kind, reason } } = best;
  return kind === 'refine'
    ? { ordinal, action: kind, memoryId: memory.id, fact: candidate.fact, reason }
    : { ordinal, action: kind, memoryId: memory.id, reason };
}
