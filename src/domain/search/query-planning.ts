import { answerKinds, type AnswerKinds } from './answer-cues';
import { EVERYDAY_CONCEPTS } from './concept-clusters';
import { namedDates, type NamedDate } from './named-dates';
import { analyze } from './text-analysis';

/** A question made ready for seeding (SQL) and ranking. */
export interface RankingQuery {
  /** Lexeme → weight: 1, or less for words that only frame a question. Speakers' names are not among them. */
  readonly terms: ReadonlyMap<string, number>;
  /** Lexeme of the question → lexemes that speak of the same everyday concept. */
  readonly related: ReadonlyMap<string, readonly string[]>;
  /** Lexemes of the speakers whom the question names. */
  readonly names: ReadonlySet<string>;
  readonly wants: AnswerKinds;
  readonly dates: readonly NamedDate[];
}

export interface PlanOptions {
  /** Names of those who speak in the scope, as far as known: a name then selects a speaker instead of matching every greeting. */
  readonly speakers?: readonly string[];
  /** Who asks, when that is one of the speakers: “my dog” then names them. */
  readonly asker?: string;
}

const FRAMING = new Set(
  analyze(
    'kind type sort thing way mention say tell discuss describe talk name different specific likely considered potentially according',
  ).lexemes.keys(),
);
const FRAMING_WEIGHT = 0.4;
const FIRST_PERSON = /\b(?:i|my|me|mine|myself|i'm|i've|i'd|i'll)\b/i;

/** Lexemes of every concept in which the lexeme stands, without itself. */
const relatedTo = (lexeme: string): string[] => {
  const concepts = EVERYDAY_CONCEPTS.conceptsOf.get(lexeme) ?? [];
  const words = concepts.flatMap((concept) => EVERYDAY_CONCEPTS.lexemesOf[concept] ?? []);
  return [...new Set(words)].filter((word) => word !== lexeme);
};

/**
 * Pure, about 0.1 ms; a question without a content word gives a query without terms. Who speaks in a scope is known once the
 * candidates are: plan without speakers for the seeds (their names bring in turns around them), again with the rows' speakers for the ranking.
 */
export function planQuery(question: string, options: PlanOptions = {}): RankingQuery {
  const lexemes = [...analyze(question).lexemes.keys()];
  const speakers = new Set((options.speakers ?? []).flatMap((name) => [...analyze(name).lexemes.keys()]));
  const names = new Set(lexemes.filter((lexeme) => speakers.has(lexeme)));
  if (options.asker !== undefined && FIRST_PERSON.test(question)) {
    for (const lexeme of analyze(options.asker).lexemes.keys()) names.add(lexeme);
  }
  const content = lexemes.filter((lexeme) => !names.has(lexeme));
  return {
    terms: new Map(content.map((lexeme) => [lexeme, FRAMING.has(lexeme) ? FRAMING_WEIGHT : 1])),
    related: new Map(content.map((lexeme) => [lexeme, relatedTo(lexeme)])),
    names,
    wants: answerKinds(question),
    dates: namedDates(question),
  };
}
