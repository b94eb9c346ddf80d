import type { JsonObject } from '../../kernel/json';
import type { Scope } from '../../kernel/scope';

export const DOCUMENT_FORMATS = ['MARKDOWN', 'TEXT'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export const EMBEDDING_STATES = ['PENDING', 'DONE', 'FAILED'] as const;
/** PENDING: passages wait for vectors and are found by their words. FAILED: the embedder gave up; it is asked again within an hour. */
export type EmbeddingState = (typeof EMBEDDING_STATES)[number];

/** A text that is looked things up in. It is kept as its passages. */
export interface Document {
  readonly id: string;
  readonly bankId: string;
  readonly scope: Scope;
  readonly title: string;
  readonly format: DocumentFormat;
  readonly sourceUri: string | null;
  readonly metadata: JsonObject;
  /** SHA-256 of format, title and content, in hex. */
  readonly contentHash: string;
  /** From 1; grows with each change of title or content. */
  readonly version: number;
  /** Characters (UTF-16 units) of the content. */
  readonly length: number;
  readonly passageCount: number;
  readonly embedding: EmbeddingState;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewDocument {
  readonly title: string;
  readonly content: string;
  readonly scope: unknown;
  readonly format?: DocumentFormat | null;
  readonly bankId?: string | null;
  readonly sourceUri?: string | null;
  readonly metadata?: JsonObject | null;
}

export const ADDITIONS = ['CREATED', 'UPDATED', 'UNCHANGED'] as const;
/** UPDATED: a new version, or other metadata. */
export type Addition = (typeof ADDITIONS)[number];

export interface AddedDocument {
  readonly document: Document;
  readonly outcome: Addition;
}

/** A version of a document as it was added; the passages are those of the newest. */
export interface DocumentVersion {
  readonly documentId: string;
  readonly version: number;
  readonly title: string;
  readonly contentHash: string;
  readonly length: number;
  readonly passageCount: number;
  /** Passages taken over from the version before, with their vectors. */
  readonly keptCount: number;
  readonly principalId: string;
  readonly createdAt: Date;
}

/** What a search finds and a citation points to: `text` is `content.slice(start, end)` of the document's version. */
export interface Passage {
  /** The same over versions while neither its text nor its headings change. */
  readonly id: string;
  readonly documentId: string;
  readonly version: number;
  readonly title: string;
  readonly sourceUri: string | null;
  /** Place in the document, from 0. */
  readonly ordinal: number;
  /** From the outermost heading to its own. */
  readonly headings: readonly string[];
  /** In UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** o200k_base. */
  readonly tokens: number;
}

export interface DocumentFilter {
  readonly bankId: string;
  readonly scope?: Scope;
  /** EXACT unless said otherwise: exactly this pool. */
  readonly match: 'EXACT' | 'SUBSET';
}
