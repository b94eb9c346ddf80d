import type { Candidate } from '../extraction/extractor';
import { factHash } from '../memory/fingerprint';
import type { Memory } from '../memory/memory';
import type { ConsolidationItem, Decision } from './consolidator';
import { relationOf, type Weighable } from './rules/relation';
import { sayingOf } from './rules/saying';

const stamp = ({ id, revision }: Pick<Memory, 'id' | 'revision'>): string => `${id}@${revision}`;

/** What a decision was made against, comparable with what is there when it is used. */
export const seenOf = (neighbours: readonly Pick<Memory, 'id' | 'revision'>[]): string[] => neighbours.map(stamp);

/** Share of common content words from which two sentences may speak of the same thing. */
const MAY_CONCERN = 0.4;

/** True when a neighbour that the decision did not see may bear on the candidate. */
export const isOutdated = ({ candidate, neighbours }: ConsolidationItem, seen: readonly string[]): boolean =>
  neighbours.some((memory) => !seen.includes(stamp(memory)) && mayConcern(candidate, memory));

/**
 * Whether a statement that was written since may bear on a candidate weighed before. Facts about one person are all
 * neighbours: weighing again for each of them would ask, and pay, a model for every single candidate.
 */
export function mayConcern(candidate: Candidate, written: Weighable): boolean {
  if (relationOf(candidate, written) !== null) return true;
  if (candidate.attribute !== null && candidate.attribute === written.attribute && candidate.subject === written.subject) return true;
  const [mine, theirs] = [sayingOf(candidate.fact).words, sayingOf(written.fact).words];
  const common = mine.filter((word) => theirs.includes(word)).length;
  return common / Math.max(1, mine.length + theirs.length - common) >= MAY_CONCERN;
}

/** What needs no consolidator: the very same words, an empty neighbourhood, a bank that does not consolidate. */
export function trivialDecision({ ordinal, candidate, neighbours }: ConsolidationItem, consolidate: boolean): Decision | null {
  const hash = factHash(candidate.fact);
  const same = neighbours.find(({ fact }) => factHash(fact).equals(hash));
  if (same !== undefined) return { ordinal, action: 'duplicate', memoryId: same.id, reason: 'already known in the same words' };
  if (!consolidate) return { ordinal, action: 'create', reason: 'new: this bank keeps every sentence by itself' };
  return neighbours.length === 0 ? { ordinal, action: 'create', reason: 'new: nothing like it was known' } : null;
}

/** One valid decision per item: a missing one, or one about a memory that was not shown, becomes a plain new memory. */
export const requireDecisions = (items: readonly ConsolidationItem[], decisions: readonly Decision[]): Decision[] =>
  items.map(({ ordinal, neighbours }) => {
    const decision = decisions.find((one) => one.ordinal === ordinal);
    const valid = decision !== undefined && (!('memoryId' in decision) || neighbours.some(({ id }) => id === decision.memoryId));
    return valid ? decision : { ordinal, action: 'create', reason: 'kept as new: no usable decision was given' };
  });

const PLAIN_REASONS: Readonly<Record<Decision['action'], string>> = {
  create: 'new: nothing known says this', duplicate: 'already known', refine: 'adds detail to what was known',
  contradict: 'contradicts what was known', retract: 'taken back', quarantine: 'kept out of memory',
};

const contentOf = (text: string): string[] => {
  const { words, exact } = sayingOf(text);
  return [...words, ...exact];
};

/**
 * A model's reason is kept with the candidate's memory, so it may repeat the candidate and the memory it becomes part of. Where
 * it uses words of another memory it is replaced: erasing that memory must leave no quotation of it behind.
 */
export function withoutQuotations(decision: Decision, { candidate, neighbours }: ConsolidationItem): Decision {
  const joined = decision.action === 'duplicate' || decision.action === 'refine' ? decision.memoryId : null;
  const own = new Set([candidate.fact, ...neighbours.filter(({ id }) => id === joined).map(({ fact }) => fact)].flatMap(contentOf));
  const foreign = new Set(neighbours.filter(({ id }) => id !== joined).flatMap(({ fact }) => contentOf(fact)).filter((word) => !own.has(word)));
  return contentOf(decision.reason).some((word) => foreign.has(word)) ? { ...decision, reason: PLAIN_REASONS[decision.action] } : decision;
}
