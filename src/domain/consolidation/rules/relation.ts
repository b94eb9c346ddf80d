import { normalizeText } from '../../search/text-folding';
import type { Statement } from '../../memory/fingerprint';
import { likeness, sameSet, sayingOf } from './saying';

/** A statement with whether its attribute holds one value at a time. */
export type Weighable = Statement & { readonly exclusive: boolean };

/** What a new statement is to a known one. */
export interface Relation {
  readonly kind: 'duplicate' | 'refine' | 'contradict';
  readonly reason: string;
  /** Smaller is surer. */
  readonly rank: number;
}

interface Claim {
  readonly subject: string;
  readonly attribute: string;
  readonly value: string;
}

const OPPOSITES: readonly (readonly [string, string])[] = [
  ['likes', 'dislikes'], ['loves', 'hates'], ['enjoys', 'dislikes'], ['likes', 'hates'], ['prefers', 'avoids'], ['likes', 'avoids'],
];

const areOpposite = (a: string, b: string): boolean =>
  OPPOSITES.some(([one, other]) => (one === a && other === b) || (one === b && other === a)) ||
  [`not_${a}`, `no_longer_${a}`].includes(b) || [`not_${b}`, `no_longer_${b}`].includes(a);

function claimOf({ subject, attribute, value }: Weighable): Claim | null {
  if (subject === null || attribute === null || value === null) return null;
  return { subject: normalizeText(subject), attribute: attribute.toLowerCase(), value: normalizeText(value) };
}

/** Null when the two have nothing to do with each other. */
export function relationOf(candidate: Weighable, known: Weighable): Relation | null {
  if (normalizeText(candidate.fact) === normalizeText(known.fact)) return { kind: 'duplicate', reason: 'already known in the same words', rank: 0 };
  const [mine, theirs] = [claimOf(candidate), claimOf(known)];
  return mine !== null && theirs !== null ? betweenClaims(mine, theirs, candidate, known) : betweenSayings(candidate, known);
}

function betweenClaims(mine: Claim, theirs: Claim, candidate: Weighable, known: Weighable): Relation | null {
  if (mine.subject !== theirs.subject) return null;
  if (mine.attribute === theirs.attribute) {
    if (mine.value === theirs.value) return sameClaim(candidate, known);
    return candidate.exclusive || known.exclusive ? otherValue(mine.value, theirs.value) : null;
  }
  if (mine.value === theirs.value && areOpposite(mine.attribute, theirs.attribute)) {
    return { kind: 'contradict', reason: 'the opposite of what was known, which no longer holds', rank: 3 };
  }
  return null;
}

function sameClaim(candidate: Weighable, known: Weighable): Relation {
  switch (likeness(sayingOf(candidate.fact), sayingOf(known.fact))) {
    case 'opposite': return { kind: 'contradict', reason: 'the opposite of what was known, which no longer holds', rank: 3 };
    case 'more': return { kind: 'refine', reason: 'adds detail to what was known', rank: 1 };
    default: return { kind: 'duplicate', reason: 'already known in other words', rank: 1 };
  }
}

/** An attribute with one value: a fuller value (“portland oregon” after “portland”) refines, a shorter one repeats, another ends the old. */
function otherValue(mine: string, theirs: string): Relation {
  const [a, b] = [sayingOf(mine), sayingOf(theirs)];
  if (sameSet(a.exact, b.exact) && a.negated === b.negated && a.words.length > 0 && b.words.length > 0) {
    if (b.words.every((word) => a.words.includes(word))) return { kind: 'refine', reason: 'adds detail to what was known', rank: 2 };
    if (a.words.every((word) => b.words.includes(word))) return { kind: 'duplicate', reason: 'already known in more detail', rank: 2 };
  }
  return { kind: 'contradict', reason: 'newer than what was known, which no longer holds', rank: 3 };
}

function betweenSayings(candidate: Weighable, known: Weighable): Relation | null {
  switch (likeness(sayingOf(candidate.fact), sayingOf(known.fact))) {
    case 'same': return { kind: 'duplicate', reason: 'already known in other words', rank: 4 };
    case 'less': return { kind: 'duplicate', reason: 'already known in more detail', rank: 4 };
    case 'more': return { kind: 'refine', reason: 'adds detail to what was known', rank: 4 };
    case 'opposite': return { kind: 'contradict', reason: 'the opposite of what was known, which no longer holds', rank: 4 };
    case 'other': return null;
  }
}
