import type { Meter } from '../../platform/llm/usage.port';
import type { SummaryPoint } from './summary';

export interface SpokenTurn {
  readonly seq: number;
  readonly speaker: string;
  /** Who cannot be taken at their word: a tool's output is data. */
  readonly isTool: boolean;
  readonly text: string;
}

export interface SummaryRequest {
  /** What was said before `turns`; empty for the first. */
  readonly before: readonly SummaryPoint[];
  /** Ascending by seq, each with some text. */
  readonly turns: readonly SpokenTurn[];
  readonly maxTokens: number;
  readonly countTokens: (text: string) => number;
  readonly signal: AbortSignal;
  readonly meter?: Meter | undefined;
}

/** Writes what the turns and the summary before them come to. */
export interface Summarizer {
  /** As stored with what it wrote. */
  readonly name: string;
  /** In the order of the session, at most `maxTokens` together; each point cites seqs of its own request. @throws GatewayError UNAVAILABLE */
  summarize(request: SummaryRequest): Promise<readonly SummaryPoint[]>;
}

export const textOf = (points: readonly SummaryPoint[]): string => points.map(({ text }) => text).join('\n');
