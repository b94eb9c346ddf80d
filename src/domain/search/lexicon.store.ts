import type { Actor } from '../../kernel/actor';

export type Corpus = 'events' | 'memories' | 'procedures' | 'document_passages';

/** Up to this many documents are counted, and a lexicon is refreshed while the searcher waits. */
export const SMALL_CORPUS = 5000;

/** A corpus to count anew. */
export interface OverdueLexicon {
  readonly tenantId: string;
  readonly corpus: Corpus;
}

export interface LexiconReading {
  /** As of the last refresh; both zero before the first. */
  readonly documents: number;
  readonly totalLength: number;
  readonly refreshedAt: Date | null;
  /** Documents there are now, counted up to `SMALL_CORPUS` + 1; as many are assumed where there were more at the last refresh. */
  readonly documentsNow: number;
  /** Documents per lexeme asked for; unknown ones are missing. */
  readonly frequencies: ReadonlyMap<string, number>;
}

export interface Look {
  readonly firstLetter: string;
  readonly min: number;
  readonly max: number;
}

/**
 * Words of a tenant's corpus and in how many documents they stand: for ranking and typo correction. It spans the scopes of
 * the tenant, so what it holds must never be shown, only used.
 */
export interface LexiconStore {
  read(actor: Actor, corpus: Corpus, lexemes: readonly string[]): Promise<LexiconReading>;
  /** For each of them in turn: lexemes that begin with the letter and have so many characters, the most frequent 1,000. */
  similar(actor: Actor, corpus: Corpus, looks: readonly Look[]): Promise<readonly ReadonlyMap<string, number>[]>;
  /** Counts anew. One at a time per corpus; about half a second for 100,000 documents. */
  refresh(actor: Actor, corpus: Corpus): Promise<void>;
}
