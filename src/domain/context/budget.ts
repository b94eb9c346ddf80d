/** How the layers of a block share its tokens while all of them want more. Memories have two parts: established and related. */
export const WEIGHTS = { WORKING: 15, SUMMARY: 15, ESTABLISHED: 15, RELATED: 15, EPISODIC: 35, SENSORY: 20, KNOWLEDGE: 25, PROCEDURAL: 20 } as const;
export type Part = keyof typeof WEIGHTS;

/**
 * Shares `total` in proportion to the weights, never giving a part more than it asks for: what one leaves, the others get
 * (max-min fairness by progressive filling). Whole tokens, rounded down.
 */
export function shareOut(total: number, demands: Readonly<Partial<Record<Part, number>>>, weights: Readonly<Record<Part, number>> = WEIGHTS): Record<Part, number> {
  const shares: Record<Part, number> = { WORKING: 0, SUMMARY: 0, ESTABLISHED: 0, RELATED: 0, EPISODIC: 0, SENSORY: 0, KNOWLEDGE: 0, PROCEDURAL: 0 };
  const asking = new Map<Part, number>();
  for (const part of ['WORKING', 'SUMMARY', 'ESTABLISHED', 'RELATED', 'EPISODIC', 'SENSORY', 'KNOWLEDGE', 'PROCEDURAL'] as const) {
    const demand = demands[part] ?? 0;
    if (demand > 0) asking.set(part, demand);
  }
  let left = Math.max(0, total);
  while (asking.size > 0) {
    const weight = [...asking.keys()].reduce((sum, part) => sum + weights[part], 0);
    const content = [...asking].filter(([part, demand]) => demand <= (left * weights[part]) / weight);
    if (content.length === 0) {
      for (const part of asking.keys()) shares[part] = Math.floor((left * weights[part]) / weight);
      break;
    }
    for (const [part, demand] of content) {
      shares[part] = demand;
      asking.delete(part);
      left -= demand;
    }
  }
  return shares;
}
