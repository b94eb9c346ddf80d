import type { Priority } from '../../jobs/jobs';
import { badInput } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { isStorableText, type Scope } from '../../kernel/scope';
import { requireFact } from '../memory/memory-rules';
import type { Session } from '../session/session';
import type { GenerationSource } from './generation';
import { textParts } from './source-turns';

const MAX_TEXT_LENGTH = 200_000;
const MAX_FACTS = 200;
const MAX_SPEAKER = 256;
const DEFAULT_SPEAKER = 'The user';

/** What a caller asks to remember; exactly one source. */
export interface GenerateInput {
  readonly bankId?: string;
  /** Default: the session's scope. Needed for text and facts. */
  readonly scope?: Scope;
  /** Default: interactive, somebody waits for it. */
  readonly priority?: Priority;
  readonly source:
    | { readonly sessionId: string; readonly fromSeq?: number; readonly toSeq?: number }
    | { readonly text: string; readonly speaker?: string; readonly occurredAt?: Date }
    | { readonly facts: readonly string[] };
}

/** @throws GatewayError BAD_USER_INPUT unless 1 ≤ fromSeq ≤ toSeq ≤ the session's last event; without a range, a session without events is an empty one */
export function sessionSource(session: Session, range: { readonly fromSeq?: number; readonly toSeq?: number }): GenerationSource {
  const fromSeq = range.fromSeq ?? 1;
  const toSeq = range.toSeq ?? session.lastSeq;
  if (!Number.isInteger(fromSeq) || fromSeq < 1) throw badInput('input.fromSeq', 'fromSeq is a whole number from 1');
  if (range.toSeq !== undefined && (!Number.isInteger(toSeq) || toSeq < fromSeq || toSeq > session.lastSeq)) {
    throw badInput('input.toSeq', `toSeq is a whole number from fromSeq to the session's last event, ${session.lastSeq}`);
  }
  if (range.fromSeq !== undefined && fromSeq > toSeq) throw badInput('input.fromSeq', `fromSeq is at most the session's last event, ${session.lastSeq}`);
  return { kind: 'session', sessionId: session.id, fromSeq, toSeq };
}

/** @throws GatewayError BAD_USER_INPUT naming the field */
export function textSource({ text, speaker, occurredAt }: { text: string; speaker?: string; occurredAt?: Date }, now: Date): GenerationSource {
  if (text.trim() === '' || text.length > MAX_TEXT_LENGTH) throw badInput('input.text', `text has 1 to ${MAX_TEXT_LENGTH} characters`);
  if (!isStorableText(text)) throw badInput('input.text', 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
  const name = speaker?.trim() ?? DEFAULT_SPEAKER;
  if (name === '' || name.length > MAX_SPEAKER || !isStorableText(name)) throw badInput('input.speaker', `a speaker has 1 to ${MAX_SPEAKER} characters`);
  if (occurredAt !== undefined && Number.isNaN(occurredAt.getTime())) throw badInput('input.occurredAt', 'this is no date');
  return { kind: 'text', text, speaker: name, occurredAt: occurredAt ?? now };
}

export function factsSource(facts: readonly string[]): GenerationSource {
  if (facts.length === 0 || facts.length > MAX_FACTS) throw badInput('input.facts', `a request has 1 to ${MAX_FACTS} facts`);
  return { kind: 'facts', facts: facts.map((fact, index) => requireFact(fact, `input.facts.${index}`)) };
}

/** Units of the extraction: events, parts of the text, facts. */
export function unitsOf(source: GenerationSource): number {
  switch (source.kind) {
    case 'session': return Math.max(0, source.toSeq - source.fromSeq + 1);
    case 'text': return textParts(source.text).length;
    case 'facts': return source.facts.length;
  }
}

export function requireSessionId(id: string): string {
  if (!isUuid(id)) throw badInput('input.sessionId', 'a session id is a UUID');
  return id;
}
