import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  ADDITIONS, DOCUMENT_FORMATS, EMBEDDING_STATES,
  type AddedDocument, type Addition, type Document, type DocumentFormat, type DocumentVersion, type EmbeddingState, type Passage,
} from '../../src/domain/document/document';
import type { JsonObject } from '../../src/kernel/json';
import type { Scope } from '../../src/kernel/scope';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';

const DocumentFormatEnum = enumOf(DOCUMENT_FORMATS);
registerEnumType(DocumentFormatEnum, {
  name: 'DocumentFormat', description: 'How a content is read.',
  valuesConfig: { MARKDOWN: { description: 'CommonMark with tables.' }, TEXT: { description: 'Paragraphs between empty lines.' } },
});
const EmbeddingStateEnum = enumOf(EMBEDDING_STATES);
registerEnumType(EmbeddingStateEnum, {
  name: 'EmbeddingState', description: 'How far the vectors are. Without them a document is found by its words.',
  valuesConfig: {
    PENDING: { description: 'A job makes them.' }, DONE: { description: 'All are there.' },
    FAILED: { description: 'The embedder gave up; it is asked again within an hour.' },
  },
});
const AdditionEnum = enumOf(ADDITIONS);
registerEnumType(AdditionEnum, {
  name: 'DocumentAddition', description: 'What adding a document did.',
  valuesConfig: {
    CREATED: { description: 'It is new.' }, UPDATED: { description: 'A new version of its text, or other metadata.' },
    UNCHANGED: { description: 'It was there already, the same.' },
  },
});

@ObjectType('DocumentPassage', { description: 'A piece of a document: what a search finds and a citation points to.' })
export class PassageType implements Passage {
  @Field(() => ID, { description: 'Stays the same over versions while neither its text nor its headings change.' })
  readonly id: string;
  @Field(() => ID, { description: 'The document.' })
  readonly documentId: string;
  @Field(() => Int, { description: 'The document’s version.' })
  readonly version: number;
  @Field(() => String, { description: 'The document’s title.' })
  readonly title: string;
  @Field(() => String, { nullable: true, description: 'Where the document is from.' })
  readonly sourceUri: string | null;
  @Field(() => Int, { description: 'Its place in the document, from 0.' })
  readonly ordinal: number;
  @Field(() => [String], { description: 'The headings above it, from the outermost, at most 6.' })
  readonly headings: readonly string[];
  @Field(() => Int, { description: 'Where it begins in the content, in UTF-16 units.' })
  readonly start: number;
  @Field(() => Int, { description: 'Where it ends, exclusive.' })
  readonly end: number;
  @Field(() => String, { description: 'The content from `start` to `end`.' })
  readonly text: string;
  @Field(() => Int, { description: 'Tokens of it (o200k_base), at most 400.' })
  readonly tokens: number;
}
export const PassageConnectionType = connectionOf('DocumentPassage', () => PassageType);

@ObjectType('DocumentVersion', { description: 'A version of a document as it was added. Passages are those of the newest.' })
export class DocumentVersionType implements DocumentVersion {
  @Field(() => ID, { description: 'The document.' })
  readonly documentId: string;
  @Field(() => Int, { description: 'From 1.' })
  readonly version: number;
  @Field(() => String, { description: 'Its title.' })
  readonly title: string;
  @Field(() => String, { description: 'SHA-256 of format, title and content, in hex.' })
  readonly contentHash: string;
  @Field(() => Int, { description: 'Characters of its content.' })
  readonly length: number;
  @Field(() => Int, { description: 'Passages it was cut into.' })
  readonly passageCount: number;
  @Field(() => Int, { description: 'How many of them were taken over from the version before, with their vectors.' })
  readonly keptCount: number;
  @Field(() => ID, { description: 'The API key that added it, or `local`.' })
  readonly principalId: string;
  @Field(() => Date, { description: 'When it was added.' })
  readonly createdAt: Date;
}

@ObjectType('Document', { description: 'A text that is looked things up in, kept as its passages.' })
export class DocumentType implements Document {
  @Field(() => ID, { description: 'Its id.' })
  readonly id: string;
  @Field(() => String, { description: 'Its memory bank.' })
  readonly bankId: string;
  @Field(() => GraphQLJSON, { description: 'Its pool.' })
  readonly scope: Scope;
  @Field(() => String, { description: 'Its title.' })
  readonly title: string;
  @Field(() => DocumentFormatEnum, { description: 'How it is read.' })
  readonly format: DocumentFormat;
  @Field(() => String, { nullable: true, description: 'Where it is from; tells it apart from the pool’s other documents. Without one its title does.' })
  readonly sourceUri: string | null;
  @Field(() => GraphQLJSONObject, { description: 'Your own data.' })
  readonly metadata: JsonObject;
  @Field(() => String, { description: 'SHA-256 of format, title and content, in hex.' })
  readonly contentHash: string;
  @Field(() => Int, { description: 'From 1; grows when title or content change.' })
  readonly version: number;
  @Field(() => Int, { description: 'Characters of the content, in UTF-16 units.' })
  readonly length: number;
  @Field(() => Int, { description: 'How many passages it has.' })
  readonly passageCount: number;
  @Field(() => EmbeddingStateEnum, { description: 'How far its vectors are.' })
  readonly embedding: EmbeddingState;
  @Field(() => Date, { description: 'When it was first added.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  readonly updatedAt: Date;
}
export const DocumentConnectionType = connectionOf('Document', () => DocumentType);

@ObjectType('AddedDocument', { description: 'An added document, and what adding it did.' })
export class AddedDocumentType implements AddedDocument {
  @Field(() => DocumentType, { description: 'The document as it is now.' })
  readonly document: Document;
  @Field(() => AdditionEnum, { description: 'What adding it did.' })
  readonly outcome: Addition;
}

@InputType('AddDocumentInput', { description: 'A document to add.' })
export class AddDocumentInput {
  @Field(() => String, { description: '1 to 500 characters.' })
  title: string;
  @Field(() => String, { description: 'The text: at most 1 MiB of UTF-8 and 50,000 lines.' })
  content: string;
  @Field(() => GraphQLJSON, { description: 'The pool it belongs to: 1 to 5 string pairs.' })
  scope: unknown;
  @Field(() => DocumentFormatEnum, { nullable: true, description: 'MARKDOWN unless given.' })
  format?: DocumentFormat | null;
  @Field(() => String, { nullable: true, description: 'The memory bank; `default` unless given.' })
  bankId?: string | null;
  @Field(() => String, { nullable: true, description: 'Where it is from, an absolute URI: the same source again is a new version of the same document. Without one, the same title is.' })
  sourceUri?: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
}
