import type { ProcedureOutcome } from '../domain/procedural/procedure';
import type { Random } from './e2e/random';

export interface GeneratedTrajectory {
  readonly actions: readonly string[];
  readonly outcome: ProcedureOutcome;
  /** What it was generated to be. */
  readonly role: 'hidden' | 'decoy' | 'near' | 'noise';
}

export const HIDDEN = ['open_ticket', 'fetch_invoice', 'compare_totals', 'issue_credit', 'notify_customer'] as const;
export const DECOY = ['scan_badge', 'unlock_gate', 'start_crane', 'lift_crate', 'park_crane'] as const;
const OTHERS = Array.from({ length: 30 }, (_, n) => `chore_${'abcdefghijklmnopqrstuvwxyz'[n % 26] ?? ''}${n < 26 ? 'x' : 'z'}`);

/**
 * 200 trajectories: 30 with a hidden pattern of five steps, each varied a little (a step inserted, left out, replaced or swapped),
 * 7 with a decoy, 40 that are made of the hidden pattern's steps but out of order or only two of them, and noise.
 */
export function generatedTrajectories(random: Random): GeneratedTrajectory[] {
  const below = (n: number): number => random.int(n);
  const other = (): string => OTHERS[below(OTHERS.length)] ?? '';
  const others = (least: number, most: number): string[] => Array.from({ length: least + below(most - least + 1) }, other);
  const amid = (steps: readonly string[]): string[] => [...others(1, 4), ...steps, ...others(1, 4)];
  const make = (count: number, role: GeneratedTrajectory['role'], steps: (n: number) => readonly string[], outcome: () => ProcedureOutcome): GeneratedTrajectory[] =>
    Array.from({ length: count }, (_, n) => ({ role, actions: steps(n).map((action) => `${action}(id=${below(1000)})`), outcome: outcome() }));
  const any = (): ProcedureOutcome => (['SUCCESS', 'SUCCESS', 'PARTIAL', 'FAILURE'] as const)[below(4)] ?? 'SUCCESS';
  const made = [
    ...make(30, 'hidden', (n) => amid(varied(HIDDEN, n % 5, below, other)), () => 'SUCCESS'),
    ...make(7, 'decoy', () => amid(DECOY), () => 'SUCCESS'),
    ...make(20, 'near', () => amid(disordered(HIDDEN, random)), any),
    ...make(20, 'near', () => { const at = below(4); return [...others(1, 3), ...HIDDEN.slice(at, at + 2), ...others(4, 7)]; }, any),
    ...make(123, 'noise', () => others(6, 12), any),
  ];
  return shuffled(made, random);
}

function varied(steps: readonly string[], kind: number, below: (n: number) => number, other: () => string): string[] {
  const at = below(steps.length - 1);
  switch (kind) {
    case 1: return [...steps.slice(0, at + 1), other(), ...steps.slice(at + 1)];
    case 2: return steps.filter((_, index) => index !== at);
    case 3: return steps.map((step, index) => (index === at ? other() : step));
    case 4: return [...steps.slice(0, at), steps[at + 1] ?? '', steps[at] ?? '', ...steps.slice(at + 2)];
    default: return [...steps];
  }
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, key: random.int(2 ** 30) })).sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** In an order in which no four of them follow each other as they should, however far apart. */
function disordered(steps: readonly string[], random: Random): string[] {
  for (;;) {
    const order = shuffled([...steps.keys()], random);
    if (longestRise(order) < 4) return order.map((index) => steps[index] ?? '');
  }
}

function longestRise(order: readonly number[]): number {
  const rises: number[] = [];
  for (const [at, value] of order.entries()) rises.push(1 + Math.max(0, ...rises.filter((_, before) => (order[before] ?? 0) < value && before < at)));
  return Math.max(...rises);
}
