import type { Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { GatewayError } from '../../kernel/errors';
import type { Logger } from '../../kernel/logger-type';
import type { CorpusStats } from './bm25';
import { SMALL_CORPUS, type Corpus, type LexiconReading, type LexiconStore } from './lexicon.store';
import type { RankingQuery } from './query-planning';
import { correctionsOf, isCorrectable, slipsAllowed } from './typo-correction';

/** A question as the corpus knows its words. */
export interface InformedQuery {
  /** With corrected words added at less weight. */
  readonly plan: RankingQuery;
  readonly stats: CorpusStats;
  /** Lexemes that stand in for misspelt words. */
  readonly corrections: ReadonlySet<string>;
  /** The tenant has nothing of the kind: there is nothing to search. */
  readonly isEmpty: boolean;
}

export interface Lexicon {
  /**
   * Statistics for the query's words, refreshed first when they are missing or 10 % off and the corpus is small; a large
   * corpus is refreshed in the background.
   */
  inform(actor: Actor, corpus: Corpus, plan: RankingQuery): Promise<InformedQuery>;
  /** Refreshes as `inform` does, for readers of the stored frequencies that ask no question. */
  freshen(actor: Actor, corpus: Corpus): Promise<void>;
}

interface LexiconDeps {
  readonly store: LexiconStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const GROWTH = 0.1;
/** Large corpora drift slowly and cost more: ten minutes per 100,000 documents, at least ten. */
const MIN_AGE_MS = 600_000;
const DOCUMENTS_PER_MIN_AGE = 100_000;
const CORRECTED_WEIGHT = 0.8;
const MAX_CORRECTED_WORDS = 4;

export function createLexicon({ store, clock, logger }: LexiconDeps): Lexicon {
  const running = new Map<string, Promise<void>>();

  /** One refresh per corpus at a time; whoever comes meanwhile waits for it. */
  const refresh = (actor: Actor, corpus: Corpus): Promise<void> => {
    const key = `${corpus} ${actor.tenantId}`;
    const known = running.get(key);
    if (known !== undefined) return known;
    const work = store.refresh(actor, corpus).finally(() => running.delete(key));
    running.set(key, work);
    return work;
  };

  /** False while the database takes no writes: counts that are off rank a little worse, and that is all. */
  const refreshes = (actor: Actor, corpus: Corpus): Promise<boolean> =>
    refresh(actor, corpus).then(() => true, (error: unknown) => {
      if (error instanceof GatewayError && error.code === 'UNAVAILABLE') return false;
      throw error;
    });

  const read = async (actor: Actor, corpus: Corpus, lexemes: readonly string[]): Promise<LexiconReading> => {
    const reading = await store.read(actor, corpus, lexemes);
    const isSmall = reading.documentsNow <= SMALL_CORPUS;
    if (isSmall && isOff(reading)) {
      return (await refreshes(actor, corpus)) ? store.read(actor, corpus, lexemes) : reading;
    }
    if (!isSmall && isOld(reading, clock.now())) {
      refresh(actor, corpus).catch((error: unknown) => logger.warn({ err: error, corpus }, 'refreshing a lexicon failed; the next search tries again'));
    }
    return reading;
  };

  /** Words that stand in for unknown ones, with how many documents have them. */
  const correct = async (actor: Actor, corpus: Corpus, plan: RankingQuery, { frequencies }: LexiconReading): Promise<ReadonlyMap<string, number>> => {
    const unknown = [...plan.terms.keys()].filter((lexeme) => !frequencies.has(lexeme) && isCorrectable(lexeme)).slice(0, MAX_CORRECTED_WORDS);
    const similar = await store.similar(actor, corpus, unknown.map((lexeme) => ({
      firstLetter: String.fromCodePoint(lexeme.codePointAt(0) ?? 0), min: Math.max(3, lexeme.length - slipsAllowed(lexeme)), max: lexeme.length + slipsAllowed(lexeme),
    })));
    return new Map(unknown.flatMap((lexeme, index) => {
      const known = similar[index] ?? new Map<string, number>();
      return correctionsOf(lexeme, known).filter((found) => !plan.terms.has(found)).map((found): [string, number] => [found, known.get(found) ?? 0]);
    }));
  };

  return {
    async freshen(actor, corpus) {
      await read(actor, corpus, []);
    },

    async inform(actor, corpus, plan) {
      const words = new Set([...plan.terms.keys(), ...[...plan.related.values()].flat()]);
      const reading = await read(actor, corpus, [...words]);
      const isEmpty = reading.documentsNow === 0;
      const corrections = isEmpty ? new Map<string, number>() : await correct(actor, corpus, plan, reading);
      const frequencies = new Map([...reading.frequencies, ...corrections]);
      return {
        plan: { ...plan, terms: new Map([...plan.terms, ...[...corrections.keys()].map((lexeme): [string, number] => [lexeme, CORRECTED_WEIGHT])]) },
        corrections: new Set(corrections.keys()),
        isEmpty,
        stats: {
          documents: Math.max(1, reading.documents),
          averageLength: reading.documents === 0 ? 1 : Math.max(1, reading.totalLength / reading.documents),
          documentFrequency: (lexeme) => frequencies.get(lexeme) ?? 0,
        },
      };
    },
  };
}

const isOff = ({ documents, documentsNow, refreshedAt }: LexiconReading): boolean =>
  refreshedAt === null ? documentsNow > 0 : Math.abs(documentsNow - documents) > documents * GROWTH;

function isOld({ documents, refreshedAt }: LexiconReading, now: Date): boolean {
  if (refreshedAt === null || documents <= SMALL_CORPUS) return true;
  return now.getTime() - refreshedAt.getTime() > MIN_AGE_MS * Math.max(1, documents / DOCUMENTS_PER_MIN_AGE);
}
