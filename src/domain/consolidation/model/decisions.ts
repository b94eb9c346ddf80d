import { isStorableText } from '../../../kernel/scope';
import { MAX_FACT_LENGTH } from '../../memory/memory-rules';
import { normalizeText } from '../../search/text-folding';
import type { ConsolidationItem, Decision } from '../consolidator';
import type { NumberedItem } from './consolidation-prompt';
import type { StatedDecision } from './consolidation-schema';

const MAX_REASON = 300;

export interface Verdicts {
  readonly decisions: readonly Decision[];
  /** Items that got no usable decision. */
  readonly undecided: readonly ConsolidationItem[];
  /** What was wrong, in words for the model. */
  readonly problems: readonly string[];
}

/** Sorts what the model said into usable decisions and the rest. Two decisions for one candidate are none. */
export function readDecisions(stated: readonly StatedDecision[], items: readonly NumberedItem[]): Verdicts {
  const decisions: Decision[] = [];
  const undecided: ConsolidationItem[] = [];
  const problems: string[] = [];
  for (const numbered of items) {
    const own = stated.filter(({ candidate }) => candidate === numbered.number);
    const [only] = own;
    const decision = own.length !== 1 || only === undefined ? `candidate ${numbered.number} has ${own.length} decisions instead of one` : readOne(only, numbered);
    if (typeof decision !== 'string') {
      decisions.push(decision);
      continue;
    }
    undecided.push(numbered.item);
    problems.push(decision);
  }
  const stray = stated.filter(({ candidate }) => !items.some(({ number }) => number === candidate));
  if (stray.length > 0) problems.push(`there are only the candidates 1 to ${items.length}`);
  return { decisions, undecided, problems };
}

/** The decision, or what is wrong with it. */
function readOne({ action, memory: named, fact, reason: stated }: StatedDecision, { number, item, memories }: NumberedItem): Decision | string {
  const ordinal = item.ordinal;
  const reason = stated.replaceAll('\u0000', '').slice(0, MAX_REASON).toWellFormed();
  if (action === 'create' || action === 'quarantine') return { ordinal, reason, action };
  const memory = named === null ? undefined : memories.get(named);
  if (memory === undefined) return `candidate ${number}: "memory" must be one of ${[...memories.keys()].join(', ') || 'none, so the action is create'}`;
  if (action !== 'refine') return { ordinal, reason, action, memoryId: memory.id };
  const wording = (fact ?? '').replace(/\s+/g, ' ').trim();
  if (wording === '' || wording.length > MAX_FACT_LENGTH || !isStorableText(wording)) {
    return `candidate ${number}: refine needs the new sentence in "fact", at most ${MAX_FACT_LENGTH} characters`;
  }
  // A refinement to the same words would be a revision that changes nothing.
  if (normalizeText(wording) === normalizeText(memory.fact)) return { ordinal, reason, action: 'duplicate', memoryId: memory.id };
  return { ordinal, reason, action, memoryId: memory.id, fact: wording };
}

/**
 * What is safe for a candidate on which the model gave no usable word: the same words are a duplicate, and what no
 * neighbour speaks of (same subject and attribute) is new. Null where neither is sure.
 */
export function decisionWithoutModel({ ordinal, candidate, neighbours }: ConsolidationItem): Decision | null {
  const words = normalizeText(candidate.fact);
  const same = neighbours.find((memory) => normalizeText(memory.fact) === words);
  if (same !== undefined) return { ordinal, action: 'duplicate', memoryId: same.id, reason: 'the same words; the model gave no usable decision' };
  const { subject, attribute } = candidate;
  const related = subject !== null && attribute !== null && neighbours.some((memory) => memory.subject === subject && memory.attribute === attribute);
  return related ? null : { ordinal, action: 'create', reason: 'nothing known speaks of it; the model gave no usable decision' };
}
