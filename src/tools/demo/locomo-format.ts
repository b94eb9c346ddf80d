import { z } from 'zod';
import { hasContent, storableText, turnTime, type Conversation, type ConversationSession, type ConversationTurn } from './conversation';
import { evidenceResolver } from './evidence';
import { parseLocomoDate } from './instant';
import { documentError, parseAt, type JsonDocument } from './json-document';

const SESSION_KEY = /^session_(\d+)$/;

const turnSchema = z.object({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
  blip_caption: z.string().nullish(),
});

const questionSchema = z.object({
  question: z.string(),
  answer: z.union([z.string(), z.number().transform(String)]).nullish(),
  evidence: z.union([z.array(z.string()), z.string().transform((entry) => [entry])]).default([]),
  category: z.number().optional(),
});

const sampleSchema = z.object({
  sample_id: z.string().optional(),
  conversation: z.looseObject({ speaker_a: z.string(), speaker_b: z.string() }),
  qa: z.array(questionSchema).default([]),
});

/**
 * One sample of the LoCoMo layout (Maharana et al., ACL 2024): `session_1`, `session_1_date_time`, … beside
 * the two speakers' names. A shared photo counts by its caption. `path` is where the sample stands in the document.
 */
export function readLocomoSample(document: JsonDocument, value: unknown, path: readonly PropertyKey[]): Conversation {
  const sample = parseAt(sampleSchema, document, value, path);
  const numbers = Object.keys(sample.conversation).flatMap((key) => SESSION_KEY.exec(key)?.[1] ?? []);
  const sessions = numbers
    .map(Number)
    .sort((a, b) => a - b)
    .map((number) => readSession(document, sample.conversation, number, [...path, 'conversation']))
    .filter((session) => session.turns.length > 0);
  const resolve = evidenceResolver(sessions);
  const { speaker_a: first, speaker_b: second } = sample.conversation;
  return {
    title: sample.sample_id ?? `${first} and ${second}`,
    speakers: [first, second],
    sessions,
    questions: sample.qa.map(({ question, answer, evidence, category }) => ({
      question,
      ...(answer === undefined || answer === null ? {} : { answer }),
      ...resolve(evidence),
      ...(category === undefined ? {} : { category }),
    })),
  };
}

function readSession(
  document: JsonDocument,
  conversation: Readonly<Record<string, unknown>>,
  number: number,
  path: readonly PropertyKey[],
): ConversationSession {
  const key = `session_${number}`;
  const turns = parseAt(z.array(turnSchema), document, conversation[key], [...path, key]);
  const dateKey = `${key}_date_time`;
  const date = conversation[dateKey];
  const startedAt = typeof date === 'string' ? parseLocomoDate(date) : null;
  if (startedAt === null) {
    throw documentError(document, [...path, dateKey], `expected a date such as "1:56 pm on 8 May, 2023", not ${JSON.stringify(date ?? null)}`);
  }
  return {
    id: `D${number}`,
    startedAt,
    turns: turns.map((turn, index): ConversationTurn => ({
      id: turn.dia_id,
      speaker: turn.speaker,
      author: 'user',
      text: storableText(turn.blip_caption ? `${turn.text} [shares a photo: ${turn.blip_caption}]` : turn.text),
      occurredAt: turnTime(startedAt, index),
    })).filter(hasContent),
  };
}
