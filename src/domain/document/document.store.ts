import type { Actor } from '../../kernel/actor';
import type { PageBefore, PageRequest } from '../../kernel/page';
import type { Document, DocumentFilter, DocumentVersion, EmbeddingState, Passage } from './document';

/** A document ready to be written. */
export interface DocumentDraft extends Omit<Document, 'createdAt' | 'updatedAt' | 'passageCount'> {
  /** What tells documents of a pool apart, hashed: its source, or its title without one. */
  readonly identity: Buffer;
}

/** A passage ready to be written: words and hash computed. */
export interface PassageDraft extends Omit<Passage, 'documentId' | 'version' | 'title' | 'sourceUri'> {
  /** Of the text that is embedded: equal hashes mean equal vectors. */
  readonly hash: Buffer;
  readonly tsv: string;
  readonly length: number;
}

/** What is there of a document before it is replaced. */
export interface KeptPassage {
  readonly id: string;
  readonly hash: Buffer;
}

export interface Unembedded {
  readonly passageId: string;
  /** What is embedded: headings and text. */
  readonly text: string;
  readonly hash: Buffer;
}

/** Documents outside the actor's tenant or scope limits do not exist here. */
export interface DocumentStore {
  /** False when the pool has a document of that identity already: lock that one. Locked until the transaction ends. */
  insert(actor: Actor, draft: DocumentDraft): Promise<boolean>;
  lockByIdentity(actor: Actor, draft: Pick<DocumentDraft, 'bankId' | 'scope' | 'identity'>): Promise<Document | null>;
  lock(actor: Actor, id: string): Promise<Document | null>;
  /** Everything but pool and identity. */
  update(actor: Actor, draft: DocumentDraft): Promise<void>;
  /** In the order of `ids`, null where there is none. */
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Document | null)[]>;
  /** Newest first. */
  list(actor: Actor, filter: DocumentFilter, position: PageRequest): Promise<Document[]>;
  /** With passages, vectors and cached vectors of its words. False when there was none. */
  remove(actor: Actor, id: string): Promise<boolean>;

  /** In their order. */
  keptPassages(actor: Actor, documentId: string): Promise<KeptPassage[]>;
  /** Makes these the document's passages: known ids move to their new place and keep their vectors, the rest goes. */
  replacePassages(actor: Actor, draft: DocumentDraft, passages: readonly PassageDraft[]): Promise<void>;
  addVersion(actor: Actor, version: Omit<DocumentVersion, 'createdAt' | 'principalId'>): Promise<void>;
  /** Of each document in the order of `ids`: ascending by ordinal, from `after` on. */
  passagesOfMany(actor: Actor, documentIds: readonly string[], position: PageRequest<number>): Promise<readonly Passage[][]>;
  /** The newest first. */
  versionsOfMany(actor: Actor, documentIds: readonly string[], position: PageBefore<number>): Promise<readonly DocumentVersion[][]>;
  getPassages(actor: Actor, ids: readonly string[]): Promise<readonly (Passage | null)[]>;

  /** Passages of the document without a vector of this space, in their order. */
  unembedded(actor: Actor, documentId: string, space: string, limit: number): Promise<Unembedded[]>;
  /** Writes the vectors of passages that still say what was embedded. */
  putVectors(actor: Actor, space: string, items: readonly (Unembedded & { readonly vector: readonly number[] })[]): Promise<void>;
  /** Notes what became of the vectors; nothing when passages of another version wait by now. */
  settleEmbedding(actor: Actor, documentId: string, space: string, state: EmbeddingState): Promise<void>;
  /** Ids of documents, untouched for a minute, whose vectors are not of this space; failed ones included. */
  lacking(actor: Actor, space: string, limit: number): Promise<string[]>;
}
