import type { Document, DocumentFormat, DocumentVersion, EmbeddingState, Passage } from '../domain/document/document';
import type { JsonObject } from '../kernel/json';
import type { Scope } from '../kernel/scope';

export interface DocumentRow {
  readonly id: string;
  readonly bank_id: string;
  readonly scope: Scope;
  readonly title: string;
  readonly format: DocumentFormat;
  readonly source_uri: string | null;
  readonly metadata: JsonObject;
  readonly content_hash: Buffer;
  readonly version: number;
  readonly length: number;
  readonly passage_count: number;
  readonly embedding: EmbeddingState;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const toDocument = (row: DocumentRow): Document => ({
  id: row.id,
  bankId: row.bank_id,
  scope: row.scope,
  title: row.title,
  format: row.format,
  sourceUri: row.source_uri,
  metadata: row.metadata,
  contentHash: row.content_hash.toString('hex'),
  version: row.version,
  length: row.length,
  passageCount: row.passage_count,
  embedding: row.embedding,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export interface PassageRow {
  readonly id: string;
  readonly document_id: string;
  readonly version: number;
  readonly title: string;
  readonly source_uri: string | null;
  readonly ordinal: number;
  readonly headings: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: number;
  /** The document's. */
  readonly scope: Scope;
}

export const toPassage = (row: PassageRow): Passage => ({
  id: row.id,
  documentId: row.document_id,
  version: row.version,
  title: row.title,
  sourceUri: row.source_uri,
  ordinal: row.ordinal,
  headings: row.headings,
  start: row.start,
  end: row.end,
  text: row.text,
  tokens: row.tokens,
});

export interface DocumentVersionRow {
  readonly document_id: string;
  readonly version: number;
  readonly title: string;
  readonly content_hash: Buffer;
  readonly length: number;
  readonly passage_count: number;
  readonly kept_count: number;
  readonly principal_id: string;
  readonly created_at: Date;
  readonly scope: Scope;
}

export const toDocumentVersion = (row: DocumentVersionRow): DocumentVersion => ({
  documentId: row.document_id,
  version: row.version,
  title: row.title,
  contentHash: row.content_hash.toString('hex'),
  length: row.length,
  passageCount: row.passage_count,
  keptCount: row.kept_count,
  principalId: row.principal_id,
  createdAt: row.created_at,
});
