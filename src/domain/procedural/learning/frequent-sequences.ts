/** Steps that may stand between two steps of a sequence. */
const MAX_GAP = 1;
/** Sequences of one length that are kept, the most frequent first: bounds time and memory whatever the input. */
const BEAM = 1500;
/** Thinned out to the beam's width when there are more. */
const MAX_NODES = 20_000;

export interface FrequentSequence {
  readonly tokens: readonly string[];
  /** Sequences of the input that hold it, each counted once. */
  readonly support: number;
}

interface Node {
  readonly tokens: readonly string[];
  /** Per sequence that holds it: where it may end. */
  readonly ends: ReadonlyMap<number, readonly number[]>;
}

/**
 * Sequences of `minLength` to `maxLength` steps that occur in at least `minSupport` of the inputs with at most one other step
 * between two of theirs: prefix growth (PrefixSpan) with a gap bound, breadth first. In no order that depends on the inputs' order.
 */
export async function* frequentSequences(
  inputs: readonly (readonly string[])[], breathe: () => Promise<void> | undefined, { minSupport, minLength, maxLength }: { readonly minSupport: number; readonly minLength: number; readonly maxLength: number },
): AsyncGenerator<FrequentSequence[], void> {
  let level = firstLevel(inputs, minSupport);
  for (let length = 1; level.length > 0 && length <= maxLength; length += 1) {
    if (length >= minLength) yield level.map(({ tokens, ends }) => ({ tokens, support: ends.size }));
    const longer: Node[] = [];
    for (const node of level) {
      await breathe();
      longer.push(...extended(node, inputs, minSupport));
      if (longer.length > MAX_NODES) longer.splice(0, longer.length, ...beam(longer));
    }
    level = beam(longer);
  }
}

function firstLevel(inputs: readonly (readonly string[])[], minSupport: number): Node[] {
  const byToken = new Map<string, Map<number, number[]>>();
  inputs.forEach((sequence, input) => {
    sequence.forEach((token, at) => { addEnd(byToken, token, input, at); });
  });
  return beam(nodesOf([], byToken, minSupport));
}

function extended({ tokens, ends }: Node, inputs: readonly (readonly string[])[], minSupport: number): Node[] {
  const byToken = new Map<string, Map<number, number[]>>();
  for (const [input, places] of ends) {
    const sequence = inputs[input] ?? [];
    const seen = new Set<number>();
    for (const end of places) {
      for (let at = end + 1; at <= end + 1 + MAX_GAP && at < sequence.length; at += 1) {
        if (seen.has(at)) continue;
        seen.add(at);
        addEnd(byToken, sequence[at] ?? '', input, at);
      }
    }
  }
  return nodesOf(tokens, byToken, minSupport);
}

function addEnd(byToken: Map<string, Map<number, number[]>>, token: string, input: number, at: number): void {
  const ends = byToken.get(token) ?? new Map<number, number[]>();
  const places = ends.get(input);
  if (places === undefined) ends.set(input, [at]);
  else places.push(at);
  byToken.set(token, ends);
}

const nodesOf = (prefix: readonly string[], byToken: ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>, minSupport: number): Node[] =>
  [...byToken].filter(([, ends]) => ends.size >= minSupport).map(([token, ends]) => ({ tokens: [...prefix, token], ends }));

const beam = (nodes: Node[]): Node[] =>
  nodes.sort((a, b) => b.ends.size - a.ends.size || compareTokens(a.tokens, b.tokens)).slice(0, BEAM);

export function compareTokens(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [a.join('\u0000'), b.join('\u0000')];
  return left < right ? -1 : left > right ? 1 : 0;
}
