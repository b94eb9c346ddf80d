import { factHash } from '../memory/fingerprint';
import type { Memory } from '../memory/memory';
import type { ConsolidationItem, Decision } from './consolidator';

/** What a decision was made against, comparable with what is there when it is used. */
export const seenOf = (neighbours: readonly Pick<Memory, 'id' | 'revision'>[]): string[] =>
  neighbours.map(({ id, revision }) => `${id}@${revision}`).sort();

export const sameSeen = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((entry, index) => entry === b[index]);

/** What needs no consolidator: the very same words, an empty neighbourhood, a bank that does not consolidate. */
export function trivialDecision({ ordinal, candidate, neighbours }: ConsolidationItem, consolidate: boolean): Decision | null {
  const hash = factHash(candidate.fact);
  const same = neighbours.find(({ fact }) => factHash(fact).equals(hash));
  if (same !== undefined) return { ordinal, action: 'duplicate', memoryId: same.id, reason: 'the same words' };
  if (!consolidate) return { ordinal, action: 'create', reason: 'the bank does not consolidate' };
  return neighbours.length === 0 ? { ordinal, action: 'create', reason: 'nothing like it is known' } : null;
}

/** One valid decision per item: a missing one, or one about a memory that was not shown, becomes a plain new memory. */
export const requireDecisions = (items: readonly ConsolidationItem[], decisions: readonly Decision[]): Decision[] =>
  items.map(({ ordinal, neighbours }) => {
    const decision = decisions.find((one) => one.ordinal === ordinal);
    const valid = decision !== undefined && (!('memoryId' in decision) || neighbours.some(({ id }) => id === decision.memoryId));
    return valid ? decision : { ordinal, action: 'create', reason: 'no valid decision was given' };
  });
