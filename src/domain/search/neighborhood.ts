/** What places an event in its conversation. */
export interface Placed {
  readonly sessionId: string;
  /** Position in the session, without gaps. */
  readonly seq: number;
}

/** How far context reaches, in events: neighbours of a seed beyond this distance need not be fetched. */
export const CONTEXT_REACH = 3;
/** Share of a neighbour's words that counts for a turn, by distance 1, 2, 3. What came before weighs more: an answer follows its question. */
const BEFORE = [0.4, 0.2, 0.1];
const AFTER = [0.3, 0.1, 0.05];

export interface Neighbor {
  readonly index: number;
  readonly share: number;
}

export const bySessionAndSeq = (a: Placed, b: Placed): number =>
  a.sessionId === b.sessionId ? a.seq - b.seq : a.sessionId < b.sessionId ? -1 : 1;

/** For each of the rows, which must be in the order of `bySessionAndSeq`: itself at share 1 and its neighbours among the rows. */
export function neighborhoods(rows: readonly Placed[]): Neighbor[][] {
  return rows.map((row, index) => {
    const near: Neighbor[] = [{ index, share: 1 }];
    for (let other = Math.max(0, index - CONTEXT_REACH); other <= index + CONTEXT_REACH; other += 1) {
      const candidate = rows[other];
      if (candidate === undefined || other === index || candidate.sessionId !== row.sessionId) continue;
      const distance = Math.abs(candidate.seq - row.seq);
      const share = (other < index ? BEFORE : AFTER)[distance - 1];
      if (share !== undefined) near.push({ index: other, share });
    }
    return near;
  });
}
