/** One thing that was said or decided, and where. */
export interface SummaryPoint {
  readonly text: string;
  /** Seqs of the session's events that say so, ascending; at least one. */
  readonly seqs: readonly number[];
}

/** What a session's older events come to. Revisions are added, never changed; the events stay as they are. */
export interface Summary {
  readonly sessionId: string;
  /** From 1. */
  readonly revision: number;
  /** The events that it covers, both ends included: always from the first. */
  readonly fromSeq: number;
  readonly toSeq: number;
  /** In the order of the session. */
  readonly points: readonly SummaryPoint[];
  /** The points, a line each. */
  readonly text: string;
  /** Of `text`, o200k_base. */
  readonly tokens: number;
  /** What wrote it: a model, or `offline/extractive`. */
  readonly writer: string;
  readonly createdAt: Date;
}

export interface SummaryBounds {
  /** Events that no summary covers, at most; 0 writes no summaries. */
  readonly events: number;
  /** Their tokens, at most. */
  readonly tokens: number;
}

/** Of a summary. */
export const MAX_SUMMARY_TOKENS = 500;
/** Of the newest events so many are left as they were said. */
export const KEPT_EVENTS = 10;
