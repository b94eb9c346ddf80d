import type { Scope } from '../../src/kernel/scope';

/** What a tenant of this size looks like; the same for the same size. */
export interface Corpus {
  readonly memories: number;
  readonly dimensions: number;
}

/** The pools that are asked, by what they hold of the tenant. The others are users of fourteen memories each. */
export const POOLS = ['half', '1 %', '14 rows'] as const;
export type PoolName = (typeof POOLS)[number];
/** What the questions' words are: three of the forty commonest, three that stand in few texts, or one and two of them. */
export const WORDS = ['frequent', 'rare', 'mixed'] as const;
export type WordClass = (typeof WORDS)[number];

const [FEW, TOPICS, INTRINSIC, VOCABULARY] = [14, 300, 16, 30_000];
const [TOPIC_SPREAD, NOISE] = [0.75, 0.25];
const ZIPF_OFFSET = 2.7;

export const scopeOf = (pool: PoolName): Scope => ({ user_id: { half: 'half', '1 %': 'hundredth', '14 rows': 'few' }[pool] });

/** Scattered over the tenant, as rows come in. */
export function scopeOfMemory({ memories }: Corpus, n: number): Scope {
  const share = randomOf(n, 1)();
  if (n % Math.floor(memories / FEW) === 0 && n < Math.floor(memories / FEW) * FEW) return scopeOf('14 rows');
  if (share < 0.5) return scopeOf('half');
  if (share < 0.51) return scopeOf('1 %');
  return { user_id: `user${Math.floor((n * 0.49) / FEW)}` };
}

/** Eight to fifteen words, as uneven as in a language, and its number, so that no two say the same. */
export function textOf(n: number): string {
  const random = randomOf(n, 2);
  const words = Array.from({ length: 8 + Math.floor(random() * 8) }, () => wordOf(rankAt(random())));
  return `${words.join(' ')} ${n}`;
}

/** The words are drawn by the same law as the texts', within their class; the vector follows from the text. */
export function questionOf(words: WordClass, n: number): string {
  const random = randomOf(n, { frequent: 3, rare: 4, mixed: 5 }[words]);
  const frequent = (): string => wordOf(Math.floor(random() * 40));
  const rare = (): string => wordOf(2000 + Math.floor(random() * 8000));
  const chosen = { frequent: [frequent(), frequent(), frequent()], rare: [rare(), rare(), rare()], mixed: [frequent(), rare(), rare()] }[words];
  return `${chosen.join(' ')} q${n}`;
}

/**
 * Unit vectors as embedders give them: topics, within each some directions in which texts differ much, and a little noise in all.
 * Uniform noise has no neighbours worth finding, and no index finds them.
 */
export function vectorOf({ dimensions }: Pick<Corpus, 'dimensions'>, seed: number): Float32Array {
  const random = randomOf(seed, 6);
  const topic = topicOf(dimensions, Math.floor(random() ** 1.5 * TOPICS));
  const vector = Float32Array.from(topic.center);
  for (const direction of topic.directions) {
    const amount = gaussian(random) * (TOPIC_SPREAD / Math.sqrt(INTRINSIC));
    for (let i = 0; i < dimensions; i += 1) vector[i] = (vector[i] ?? 0) + amount * (direction[i] ?? 0);
  }
  const noise = (NOISE * Math.sqrt(12)) / Math.sqrt(dimensions);
  for (let i = 0; i < dimensions; i += 1) vector[i] = (vector[i] ?? 0) + (random() - 0.5) * noise;
  return unit(vector);
}

/** A question's seed lies above all memories'. */
export const seedOfText = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return 0x10000000 + (hash >>> 4);
};

/** pgvector's text with five digits: more would only make loading slower. */
export function vectorText(vector: Float32Array): string {
  let text = '[';
  for (let i = 0; i < vector.length; i += 1) text += `${i === 0 ? '' : ','}${Math.round((vector[i] ?? 0) * 1e5) / 1e5}`;
  return `${text}]`;
}

interface Topic {
  readonly center: Float32Array;
  readonly directions: readonly Float32Array[];
}
const topics = new Map<number, Topic>();

function topicOf(dimensions: number, n: number): Topic {
  const known = topics.get(n);
  if (known?.center.length === dimensions) return known;
  const random = randomOf(n, 7);
  const direction = (): Float32Array => unit(Float32Array.from({ length: dimensions }, () => gaussian(random)));
  const topic = { center: direction(), directions: Array.from({ length: INTRINSIC }, direction) };
  topics.set(n, topic);
  return topic;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** Zipf's law turned around: the rank below which this share of all words lies. */
const rankAt = (share: number): number => Math.floor(ZIPF_OFFSET * ((VOCABULARY / ZIPF_OFFSET + 1) ** share - 1));

const SYLLABLES = ['ba', 'do', 'ka', 'lin', 'mar', 'ne', 'or', 'pel', 'ri', 'su', 'ta', 'ven', 'wi', 'zu', 'fen', 'gal', 'hes', 'jo', 'ko', 'lu', 'mo', 'nu', 'po', 'ru', 'so', 'tu', 'va', 'wo', 'xa', 'yo', 'za', 'bu'];
/** Three syllables; no stemmer takes two of them for one. */
const wordOf = (rank: number): string => [0, 5, 10].map((shift) => SYLLABLES[(rank >> shift) & 31] ?? '').join('');

const gaussian = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Mulberry32 over a seed of its own for each number and purpose. */
function randomOf(n: number, purpose: number): () => number {
  let state = Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(purpose, 0x85ebca6b);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
