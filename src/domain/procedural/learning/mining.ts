import { createHash } from 'node:crypto';
import type { ProcedureOutcome } from '../procedure';
import { isNearlyWithin, nearestOccurrence, occursNearly, toleranceOf, type Occurrence } from './alignment';
import { createBreather } from './breather';
import { compareTokens, frequentSequences, type FrequentSequence } from './frequent-sequences';

/** A trajectory as its actions alone. */
export interface Sequence {
  readonly id: string;
  readonly tokens: readonly string[];
  readonly outcome: ProcedureOutcome;
}

export interface MiningBounds {
  /** Successful trajectories that a pattern occurs in, at least; from 2. */
  readonly minSupport: number;
  /** Share of the trajectories with the pattern that succeeded, at least. */
  readonly minConfidence: number;
  readonly minLength: number;
  readonly maxLength: number;
  readonly maxPatterns: number;
}

export interface Evidence {
  readonly id: string;
  readonly outcome: ProcedureOutcome;
  readonly occurrence: Occurrence;
}

/** Steps that recur, exactly or nearly, in several successful trajectories. */
export interface Pattern {
  readonly tokens: readonly string[];
  /** Successful trajectories that it occurs in. */
  readonly support: number;
  /** Successes among all trajectories that it occurs in, 0 to 1. */
  readonly confidence: number;
  /** All of them, by id. */
  readonly evidence: readonly Evidence[];
}

/** A variant may lack or change a step: the form without variation is rarer than the pattern. */
const SEED_SHARE = 4;
/** A step of the pattern stands in so many of its occurrences; one that came by chance does not. */
const MIN_PRESENCE = 0.6;
/** Patterns that chance may show in one run: what so many frequent steps can form is looked at all at once. */
const BY_CHANCE = 0.5;
/** Keeps a logarithm finite. */
const LEAST_EXPECTED = 1e-9;
/** Standard deviations. */
const MIN_NEAR_SURPRISE = 1;
/** Each trajectory as often as makes about so many in all: with few of them their average would be chance itself. */
const SHUFFLED = 1600;
/** Patterns with so many common steps speak of the same. */
const SHARED = 0.5;
const MAX_SEEDS = 1000;

/**
 * Recurring step sequences, most telling first: frequent sequences as seeds, each with everything that is nearly the same
 * counted for it, and kept when it is closed (not explained by a longer one) and no accident of frequent steps. Support counts
 * a trajectory once. The same trajectories give the same patterns in whatever order they come.
 */
export async function minePatterns(given: readonly Sequence[], bounds: MiningBounds, signal?: AbortSignal): Promise<Pattern[]> {
  const breathe = createBreather(signal);
  const sequences = interned([...given].sort((a, b) => (a.id < b.id ? -1 : 1)));
  const successes = sequences.filter(({ outcome }) => outcome === 'SUCCESS');
  const seeds = await seedsOf(successes.map(({ tokens }) => tokens), bounds, breathe);
  const chance = createChance(successes);
  const found = new Map<string, Pattern>();
  for (const { tokens, support } of seeds) {
    await breathe();
    if (!chance.isSurprising(tokens, support)) continue;
    const pattern = consensusOf(tokens, sequences, bounds);
    if (pattern !== null) found.set(pattern.tokens.join('\u0000'), pattern);
  }
  return closed([...found.values()], bounds, chance, breathe);
}

interface Counted extends Sequence {
  /** How often it has each of its tokens. */
  readonly kinds: ReadonlyMap<string, number>;
}

/** Equal tokens as one string: comparing them is then comparing addresses. */
function interned(sequences: readonly Sequence[]): Counted[] {
  const known = new Map<string, string>();
  const one = (token: string): string => {
    const same = known.get(token);
    if (same === undefined) known.set(token, token);
    return same ?? token;
  };
  return sequences.map((sequence) => {
    const tokens = sequence.tokens.map(one);
    const kinds = new Map<string, number>();
    for (const token of tokens) kinds.set(token, (kinds.get(token) ?? 0) + 1);
    return { ...sequence, tokens, kinds };
  });
}

async function seedsOf(successes: readonly (readonly string[])[], { minSupport, minLength, maxLength }: MiningBounds, breathe: () => Promise<void> | undefined): Promise<FrequentSequence[]> {
  const seeds: FrequentSequence[] = [];
  for await (const level of frequentSequences(successes, breathe, { minSupport: Math.max(2, Math.ceil(minSupport / SEED_SHARE)), minLength, maxLength })) {
    seeds.push(...level);
  }
  return seeds.sort((a, b) => b.support * b.tokens.length - a.support * a.tokens.length || compareTokens(a.tokens, b.tokens)).slice(0, MAX_SEEDS);
}

/** What is near the seed, without the steps that most of it lacks; null below the bounds. */
function consensusOf(seed: readonly string[], sequences: readonly Counted[], bounds: MiningBounds): Pattern | null {
  let tokens = seed;
  for (;;) {
    const evidence = evidenceOf(tokens, sequences);
    const good = evidence.filter(({ outcome }) => outcome === 'SUCCESS');
    if (good.length < bounds.minSupport || good.length < bounds.minConfidence * evidence.length) return null;
    const wanted = MIN_PRESENCE * good.length;
    const kept = tokens.filter((_, step) => good.filter(({ occurrence }) => occurrence.present[step] === true).length >= wanted);
    if (kept.length === tokens.length) return { tokens, support: good.length, confidence: good.length / evidence.length, evidence };
    if (kept.length < bounds.minLength) return null;
    tokens = kept;
  }
}

function evidenceOf(tokens: readonly string[], sequences: readonly Counted[]): Evidence[] {
  const wanted = [...new Set(tokens)];
  // Each missing kind of step is an edit: most sequences need no closer look.
  const needed = wanted.length - Math.floor(toleranceOf(tokens.length) / 2);
  return sequences.flatMap(({ id, outcome, kinds, tokens: sequence }) => {
    if (wanted.filter((token) => kinds.has(token)).length < needed || !occursNearly(tokens, sequence)) return [];
    const occurrence = nearestOccurrence(tokens, sequence);
    return occurrence === null ? [] : [{ id, outcome, occurrence }];
  });
}

/** Longest and best supported first; one that another nearly holds has to recur by itself, apart from it. */
async function closed(patterns: readonly Pattern[], { minSupport, maxPatterns }: MiningBounds, chance: Chance, breathe: () => Promise<void> | undefined): Promise<Pattern[]> {
  const ordered = [...patterns].sort((a, b) => weightOf(b) - weightOf(a) || compareTokens(a.tokens, b.tokens));
  const chosen: Pattern[] = [];
  for (const pattern of ordered) {
    if (chosen.length >= maxPatterns) break;
    await breathe();
    const explained = new Set(chosen.filter(({ tokens }) => isAlike(pattern.tokens, tokens)).flatMap(({ evidence }) => evidence.map(({ id }) => id)));
    const own = pattern.evidence.filter(({ id, outcome }) => outcome === 'SUCCESS' && !explained.has(id));
    if ((explained.size === 0 || own.length >= minSupport) && chance.isSurprisingNearly(pattern.tokens, pattern.support)) chosen.push(pattern);
  }
  return chosen;
}

/** Steps that stand in the occurrences, over all of them. */
const weightOf = ({ evidence }: Pattern): number =>
  evidence.reduce((sum, { outcome, occurrence }) => sum + (outcome === 'SUCCESS' ? occurrence.present.filter(Boolean).length : 0), 0);

/** Whether one run of steps may show both. */
const isAlike = (a: readonly string[], b: readonly string[]): boolean => isNearlyWithin(a, b) || shared(a, b) >= Math.min(a.length, b.length) * SHARED;

const shared = (a: readonly string[], b: readonly string[]): number => new Set(a.filter((token) => b.includes(token))).size;

interface Chance {
  /** Whether steps stand so more often than they would if their order meant nothing. */
  isSurprising(tokens: readonly string[], support: number): boolean;
  /** The same of everything that is nearly the pattern: among many near forms of a few steps one always leads. */
  isSurprisingNearly(tokens: readonly string[], support: number): boolean;
}

function createChance(sequences: readonly Counted[]): Chance {
  const rounds = Math.max(1, Math.floor(SHUFFLED / sequences.length));
  const shuffled = sequences.flatMap((sequence) => Array.from({ length: rounds }, (_, round) => shuffledBy(sequence, round)));
  const holders = new Map<string, number>();
  for (const { kinds } of sequences) for (const token of kinds.keys()) holders.set(token, (holders.get(token) ?? 0) + 1);
  return {
    isSurprising(tokens, support) {
      const frequent = [...holders.values()].filter((count) => count >= support).length;
      return tokens.length * Math.log(frequent) + logPoissonTail(Math.max(LEAST_EXPECTED, expectedIn(sequences, tokens)), support) < Math.log(BY_CHANCE);
    },
    isSurprisingNearly(tokens, support) {
      const mean = shuffled.filter((sequence) => occursNearly(tokens, sequence)).length / rounds;
      return support - mean >= MIN_NEAR_SURPRISE * Math.sqrt(mean);
    },
  };
}

/** Logarithm of the chance that what comes `mean` times on average comes at least `count` times. */
function logPoissonTail(mean: number, count: number): number {
  if (count <= mean) return 0;
  let log = -mean;
  for (let n = 1; n <= count; n += 1) log += Math.log(mean / n);
  let sum = 1;
  let term = 1;
  for (let n = count + 1; term > 1e-9; n += 1) sum += term *= mean / n;
  return log + Math.log(sum);
}

/** The same order for the same trajectory every time (Fisher–Yates over a generator that its id seeds). */
function shuffledBy({ id, tokens }: Sequence, round: number): string[] {
  let state = createHash('sha256').update(`${round} ${id}`).digest().readUInt32BE(0);
  const order = [...tokens];
  for (let left = order.length - 1; left > 0; left -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (left + 1));
    [order[left], order[other]] = [order[other] ?? '', order[left] ?? ''];
  }
  return order;
}

/** Trajectories that would hold the steps, as `frequentSequences` counts, were each in any order: places times the chance of each place. */
function expectedIn(sequences: readonly Counted[], tokens: readonly string[]): number {
  let expected = 0;
  for (const { kinds, tokens: { length } } of sequences) {
    let chance = 1;
    for (let step = 0; step < tokens.length && chance > 0; step += 1) {
      const token = tokens[step] ?? '';
      const used = tokens.indexOf(token) === step ? 0 : tokens.slice(0, step).filter((other) => other === token).length;
      chance *= Math.max(0, (kinds.get(token) ?? 0) - used) / Math.max(1, length - step);
    }
    if (chance > 0) expected += Math.min(1, chance * placesOf(length, tokens.length));
  }
  return expected;
}

/** Ways to choose so many places in order with at most one between two. */
function placesOf(length: number, steps: number): number {
  let places = 0;
  let ways = 1;
  for (let gaps = 0; gaps < steps; gaps += 1) {
    places += ways * Math.max(0, length - steps - gaps + 1);
    ways = (ways * (steps - 1 - gaps)) / (gaps + 1);
  }
  return places;
}
