/** Beyond this a text is represented by its beginning: the cost is about five hashes per character. */
const MAX_TEXT = 20_000;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Written without spaces between words: there a single character carries what elsewhere a word does. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const ACCENTS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\u0300-\u036f]+/gu;

const WORD_WEIGHT = 1;
/** Articles and prepositions carry little; without corpus statistics length is the only sign of them. */
const SHORT_WORD_WEIGHT = 0.5;
/** The length of the vector of all grams of one word, so that a word counts once by itself and once by its spelling. */
const GRAM_WEIGHT = 1;

export interface Feature {
  readonly weight: number;
  readonly count: number;
}

/** Words and character 3–5-grams (1–3 in unspaced scripts) of a text, by 32-bit hash. Case, width and the accents of alphabets are folded. */
export function featuresOf(text: string): Map<number, Feature> {
  const features = new Map<number, Feature>();
  const add = (hash: number, weight: number): void => {
    const known = features.get(hash);
    features.set(hash, { weight: Math.max(weight, known?.weight ?? 0), count: (known?.count ?? 0) + 1 });
  };
  for (const word of fold(text).match(WORD) ?? []) {
    const points = Array.from(word, (letter) => letter.codePointAt(0) ?? 0);
    const unspaced = UNSPACED.test(word);
    add(hashOf(points, 0, points.length, 1), points.length <= 3 && !unspaced ? SHORT_WORD_WEIGHT : WORD_WEIGHT);
    // Marked ends make prefixes and suffixes features of their own.
    const padded = unspaced ? points : [0x3c, ...points, 0x3e];
    const [shortest, longest] = unspaced ? [1, 3] : [3, 5];
    const grams = Math.max(1, padded.length - shortest + 1) * (longest - shortest + 1);
    const weight = unspaced ? WORD_WEIGHT / 2 : GRAM_WEIGHT / Math.sqrt(grams);
    for (let size = shortest; size <= longest; size += 1) {
      for (let start = 0; start + size <= padded.length; start += 1) add(hashOf(padded, start, start + size, 2), weight);
    }
  }
  return features;
}

export const hashText = (text: string): number => hashOf(Array.from(text, (letter) => letter.codePointAt(0) ?? 0), 0, text.length, 3);

function fold(text: string): string {
  return text.slice(0, MAX_TEXT).normalize('NFKD').toLowerCase().replace(ACCENTS, '').normalize('NFC');
}

/** FNV-1a over code points, then MurmurHash3's finaliser: FNV's low bits alone would choose dimension and sign badly. */
function hashOf(points: readonly number[], start: number, end: number, kind: number): number {
  let hash = Math.imul(0x811c9dc5 ^ kind, 0x01000193);
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (points[at] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
