import type { ChatModel } from '../../../platform/llm/llm.port';
import type { Extraction, Extractor, LeftOut, SourceTurn } from '../extractor';
import { candidatesOf, type Mapped } from './candidates';
import { extractionMessages, type NumberedTurn } from './extraction-prompt';
import { extractionSchema, parseAnswer } from './extraction-schema';

/** Turns per call: enough to resolve “it”, few enough that the model reads all of them. */
const WINDOW_TURNS = 40;

/**
 * Extraction by a model. Every candidate cites turns of its own request; the model is asked once to repair facts that do
 * not, then they are dropped, and the turns left over say so. Facts that rest on tool or system text alone have confidence
 * 0.5 at most. Rejects as `ChatModel.structured` does.
 */
export function createModelExtractor({ chat }: { readonly chat: ChatModel }): Extractor {
  return {
    name: chat.name,
    windowTurns: WINDOW_TURNS,
    async extract(request) {
      const turns = request.turns.filter(({ text }) => text.trim() !== '').map((turn, index): NumberedTurn => ({ number: index + 1, turn }));
      if (turns.length === 0) return nothing(request.turns, 'empty');
      if (request.topics.length === 0) return nothing(request.turns, 'no topic is enabled');
      const topics = new Set(request.topics.map((topic) => topic.name));
      let mayRepair = true;
      const { value, usage } = await chat.structured({
        schemaName: 'extracted_facts',
        jsonSchema: extractionSchema(request.topics),
        messages: extractionMessages(request, turns),
        signal: request.signal,
        meter: request.meter,
        parse(answer) {
          const mapped = candidatesOf(parseAnswer(answer), turns, topics);
          if (mapped.unfounded > 0 && mayRepair) {
            mayRepair = false;
            throw new Error(`every fact is one sentence of at most 2,000 characters and cites, in "turns", only turn numbers from 1 to ${turns.length}; ${mapped.unfounded} did not`);
          }
          return mapped;
        },
      });
      return { candidates: value.candidates, leftOut: leftOutOf(request.turns, value), usage: [usage] };
    },
  };
}

function leftOutOf(turns: readonly SourceTurn[], { candidates, unfounded, offTopic }: Mapped): readonly LeftOut[] {
  const cited = new Set(candidates.flatMap((candidate) => candidate.eventIds));
  const nothingFound = `the model found nothing durable in it${unfounded === 0 ? '' : ` (and ${unfounded} of its facts named no valid source)`}`;
  const reasonOf = (turn: SourceTurn): string => {
    if (turn.text.trim() === '') return 'empty';
    return offTopic.has(turn.eventId) ? 'no enabled topic fits' : nothingFound;
  };
  return turns.filter((turn) => !cited.has(turn.eventId)).map((turn) => ({ eventId: turn.eventId, reason: reasonOf(turn) }));
}

const nothing = (turns: readonly SourceTurn[], reason: string): Extraction => ({
  candidates: [],
  leftOut: turns.map((turn) => ({ eventId: turn.eventId, reason })),
  usage: [],
});
