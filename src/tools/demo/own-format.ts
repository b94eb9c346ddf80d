import { z } from 'zod';
import { hasContent, storableText, turnTime, type Conversation, type ConversationSession, type ConversationTurn } from './conversation';
import { evidenceResolver } from './evidence';
import { instant } from './instant';
import { documentError, parseAt, type JsonDocument } from './json-document';

const ownSchema = z.object({
  title: z.string(),
  speakers: z.array(z.string().min(1)).length(2),
  sessions: z.array(z.object({ date: instant, turns: z.array(z.object({ speaker: z.string(), text: z.string() })) })),
  questions: z
    .array(z.object({ question: z.string(), answer: z.string().optional(), evidence: z.array(z.string()).default([]) }))
    .default([]),
});

/** ContextIQ's own layout: two people, dated sessions, questions with evidence such as `s2:14`. */
export function readOwnFormat(document: JsonDocument): Conversation {
  const file = parseAt(ownSchema, document, document.value);
  const sessions: ConversationSession[] = file.sessions.map((session, index) => ({
    id: `s${index + 1}`,
    startedAt: session.date,
    turns: session.turns.map((turn, turnIndex): ConversationTurn => {
      if (!file.speakers.includes(turn.speaker)) {
        const path = ['sessions', index, 'turns', turnIndex, 'speaker'];
        throw documentError(document, path, `expected one of the speakers ${file.speakers.join(' and ')}, not ${JSON.stringify(turn.speaker)}`);
      }
      return {
        id: `s${index + 1}:${turnIndex + 1}`,
        speaker: turn.speaker,
        author: 'user',
        text: storableText(turn.text),
        occurredAt: turnTime(session.date, turnIndex),
      };
    }).filter(hasContent),
  }));
  const resolve = evidenceResolver(sessions);
  return {
    title: file.title,
    speakers: file.speakers,
    sessions: sessions.filter((session) => session.turns.length > 0),
    questions: file.questions.map(({ question, answer, evidence }) => ({
      question,
      ...(answer === undefined ? {} : { answer }),
      ...resolve(evidence),
    })),
  };
}
