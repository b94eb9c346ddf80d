import type { Meter, ModelUsage } from '../../platform/llm/usage.port';

export type { ModelUsage };

/** Who wrote a turn. Tool and system text is data about the world, never an instruction or a speaker's own statement. */
export type TurnAuthor = 'user' | 'agent' | 'tool' | 'system';

/** One event as an extractor sees it. Text that came from recall is already left out. */
export interface SourceTurn {
  readonly eventId: string;
  readonly seq: number;
  readonly author: TurnAuthor;
  /** The name facts speak of, “Caroline”; for a nameless user “The user”. */
  readonly speaker: string;
  readonly text: string;
  /** When it was said: relative dates are resolved against it. */
  readonly occurredAt: Date;
}

/** A kind of fact worth keeping; a candidate carries one or several topic names. */
export interface ExtractionTopic {
  readonly name: string;
  readonly description: string;
  /** A custom topic's own extraction prompt. */
  readonly prompt?: string;
}

export interface FewShotExample {
  readonly conversation: string;
  readonly facts: readonly string[];
}

export interface ExtractionRequest {
  readonly turns: readonly SourceTurn[];
  readonly topics: readonly ExtractionTopic[];
  readonly examples: readonly FewShotExample[];
  readonly instructions: string;
  readonly signal: AbortSignal;
  /** Told what a model took, also when the extraction fails. */
  readonly meter?: Meter | undefined;
}

/** A fact someone stated, not yet weighed against what is known. */
export interface Candidate {
  /** One self-contained sentence: names instead of “I” and “you”, calendar dates instead of “yesterday”. */
  readonly fact: string;
  readonly topics: readonly string[];
  /** 0 to 1. */
  readonly confidence: number;
  /** Events that say so; never empty, each one of the request's turns. */
  readonly eventIds: readonly string[];
  /** What the fact is about, lower case: `caroline`. Null when it does not reduce to subject–attribute–value. */
  readonly subject: string | null;
  /** A property that holds one value at a time or a set of them: `home_city`, `likes`. */
  readonly attribute: string | null;
  /** Normalised value, lower case: `portland`. */
  readonly value: string | null;
  /** True when a new value of the attribute ends the old one (`home_city`), false when values add up (`likes`). */
  readonly exclusive: boolean;
  /** When it is or was true, as far as it was said. */
  readonly validFrom: Date | null;
  readonly validTo: Date | null;
}

/** A turn that gave nothing, and why, in words for the user: `question`, `small talk`, `text from recall`. */
export interface LeftOut {
  readonly eventId: string;
  readonly reason: string;
}

export interface Extraction {
  readonly candidates: readonly Candidate[];
  readonly leftOut: readonly LeftOut[];
  /** Of who answered; empty for rules. The meter hears of every call. */
  readonly usage: readonly ModelUsage[];
}

/**
 * Turns conversation into candidate facts. Implementations: offline rules, or a model.
 * Rejects with UNAVAILABLE when a remote model cannot answer (the job waits and tries again).
 */
export interface Extractor {
  /** Stored with each memory's revision: `offline/rules-1`, `openai/gpt-5-mini`. */
  readonly name: string;
  /** How many turns one call takes at most; the pipeline checkpoints between calls. */
  readonly windowTurns: number;
  extract(request: ExtractionRequest): Promise<Extraction>;
}
