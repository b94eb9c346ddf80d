/**
 * A place of a sequence that says nearly what a pattern says. Costs are in half edits: an inserted step is one, a missing,
 * another or a swapped step two.
 */
export interface Occurrence {
  /** First and last step of the sequence that belong to it, from 0. */
  readonly from: number;
  readonly to: number;
  readonly cost: number;
  /** For each step of the pattern, whether the sequence has it here. */
  readonly present: readonly boolean[];
}

const INSERTION = 1;
const EDIT = 2;

/** Half edits that a pattern of so many steps may be off: 1 for three steps, 3 for five, 6 for ten. */
export const toleranceOf = (length: number): number => Math.max(1, Math.floor(length * 0.6));

interface Cell {
  readonly cost: number;
  readonly from: number;
  readonly present: readonly boolean[];
}

/**
 * The place of `sequence` that is nearest to `pattern`, the first of equals; null beyond `tolerance` half edits. Semi-global
 * Damerau–Levenshtein: what stands before and after the place costs nothing. Both ends of a place are steps of the pattern.
 */
export function nearestOccurrence(pattern: readonly string[], sequence: readonly string[], tolerance = toleranceOf(pattern.length)): Occurrence | null {
  const missing = (to: number): boolean[] => Array.from({ length: to }, () => false);
  let before: Cell[] = [];
  let row: Cell[] = Array.from({ length: sequence.length + 1 }, (_, index) => ({ cost: 0, from: index, present: [] }));
  for (let step = 1; step <= pattern.length; step += 1) {
    const wanted = pattern[step - 1];
    const next: Cell[] = [{ cost: step * EDIT, from: 0, present: missing(step) }];
    for (let at = 1; at <= sequence.length; at += 1) {
      const found = sequence[at - 1];
      const [diagonal, above, left] = [row[at - 1], row[at], next[at - 1]];
      let best: Cell = { cost: Infinity, from: 0, present: [] };
      const offer = (cell: Cell | undefined, cost: number, ...present: readonly boolean[]): void => {
        if (cell !== undefined && cell.cost + cost < best.cost) best = { cost: cell.cost + cost, from: cell.from, present: present.length === 0 ? cell.present : [...cell.present, ...present] };
      };
      offer(diagonal, found === wanted ? 0 : EDIT, found === wanted);
      if (step > 1 && at > 1 && found === pattern[step - 2] && sequence[at - 2] === wanted) offer(before[at - 2], EDIT, true, true);
      offer(above, EDIT, false);
      offer(left, INSERTION);
      next.push(best);
    }
    before = row;
    row = next;
  }
  let end = -1;
  let nearest: Cell | null = null;
  row.forEach((cell, index) => {
    // Of equals the one that has more of the steps, then the first.
    const isBetter = nearest === null || cell.cost < nearest.cost || (cell.cost === nearest.cost && count(cell.present) > count(nearest.present));
    if (cell.cost <= tolerance && isBetter) [end, nearest] = [index, cell];
  });
  const chosen = nearest as Cell | null;
  return chosen === null ? null : { from: chosen.from, to: Math.max(chosen.from, end - 1), cost: chosen.cost, present: chosen.present };
}

const count = (present: readonly boolean[]): number => present.filter(Boolean).length;

/** Whether there is such a place: the costs alone, a hundred times as quick. */
export function occursNearly(pattern: readonly string[], sequence: readonly string[]): boolean {
  const tolerance = toleranceOf(pattern.length);
  let before = new Int32Array(sequence.length + 1);
  let row = new Int32Array(sequence.length + 1);
  let next = new Int32Array(sequence.length + 1);
  let lowestBefore = 0;
  let lowest = 0;
  for (let step = 1; step <= pattern.length; step += 1) {
    const wanted = pattern[step - 1];
    const previous = pattern[step - 2];
    let left = step * EDIT;
    next[0] = left;
    lowestBefore = lowest;
    lowest = left;
    for (let at = 1; at <= sequence.length; at += 1) {
      const found = sequence[at - 1];
      let cost = (row[at - 1] ?? 0) + (found === wanted ? 0 : EDIT);
      if (step > 1 && at > 1 && found === previous && sequence[at - 2] === wanted) cost = Math.min(cost, (before[at - 2] ?? 0) + EDIT);
      cost = Math.min(cost, (row[at] ?? 0) + EDIT, left + INSERTION);
      next[at] = cost;
      left = cost;
      if (cost < lowest) lowest = cost;
    }
    // A swap reaches over one row.
    if (lowest > tolerance && lowestBefore > tolerance) return false;
    [before, row, next] = [row, next, before];
  }
  return lowest <= tolerance;
}

/** Whether `part` is nearly a place of `whole`, or the other way round where `part` is the longer one by no more than an edit. */
export function isNearlyWithin(part: readonly string[], whole: readonly string[]): boolean {
  return part.length <= whole.length ? occursNearly(part, whole) : part.length - whole.length <= 1 && occursNearly(whole, part);
}
