import type { TurnAuthor } from '../../domain/extraction/extractor';
import type { ToolCall } from '../../domain/session/event';

/** A conversation as every reader of a file format returns it. */
export interface Conversation {
  readonly title: string;
  /** Who talks, in order of appearance; tools and system messages are no speakers. */
  readonly speakers: readonly string[];
  /** In the file's order; never empty, and no session is empty. */
  readonly sessions: readonly ConversationSession[];
  readonly questions: readonly ConversationQuestion[];
}

export interface ConversationSession {
  /** `s2`, or `D2` in a LoCoMo file: the part of a turn's id before the colon. */
  readonly id: string;
  readonly startedAt: Date;
  readonly turns: readonly ConversationTurn[];
}

export interface ConversationTurn {
  /** `s2:14` is the 14th turn that the file has for its 2nd session; LoCoMo's own `D2:14` stays as it is. */
  readonly id: string;
  /** A name; for a nameless user “The user”, as extracted facts say it. */
  readonly speaker: string;
  /** Both people of a conversation between people are `user`. */
  readonly author: TurnAuthor;
  /** Empty only when `toolCalls` has something. */
  readonly text: string;
  readonly occurredAt: Date;
  readonly toolCalls?: readonly ToolCall[];
  /** On a tool's turn: the call that it answers. */
  readonly toolCallId?: string;
}

export interface ConversationQuestion {
  readonly question: string;
  readonly answer?: string;
  /** Ids of turns of this conversation that hold the answer. */
  readonly evidence: readonly string[];
  /** How many evidence ids of the file name no turn of this conversation. */
  readonly unknownEvidence: number;
  /** LoCoMo's: 1 multi-hop, 2 temporal, 3 open-domain, 4 single-hop, 5 adversarial. */
  readonly category?: number;
}

const TURN_GAP_MS = 30_000;

/** When the turn at `index` (from 0) was said, in a file that only dates its sessions: 30 s apart. */
export const turnTime = (startedAt: Date, index: number): Date => new Date(startedAt.getTime() + TURN_GAP_MS * index);

/** Chat exports hold cut-off emoji and NULs; PostgreSQL stores neither, so they are mended here, not refused. */
export const storableText = (text: string): string => text.replaceAll('\u0000', '').toWellFormed().trim();

/** Turns without text or call (an answer that was cut off, a bare reaction) are left out; the others keep their numbers. */
export const hasContent = (turn: ConversationTurn): boolean => turn.text !== '' || (turn.toolCalls?.length ?? 0) > 0;
