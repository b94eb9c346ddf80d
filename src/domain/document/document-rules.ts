import { createHash } from 'node:crypto';
import { badInput, GatewayError } from '../../kernel/errors';
import { canonicalJson } from '../../kernel/json';
import { isStorableText } from '../../kernel/scope';
import { requireStorableJson } from '../session/state';
import type { DocumentFormat, NewDocument } from './document';

/** Of UTF-8. */
export const MAX_CONTENT_BYTES = 1024 * 1024;
/** The structure of so many is read in a third of a second, whatever they hold. */
export const MAX_LINES = 50_000;
const MAX_TITLE = 500;
const MAX_URI = 2000;
const MAX_METADATA_BYTES = 16 * 1024;

export type CheckedDocument = Required<Pick<NewDocument, 'title' | 'content'>> & {
  readonly format: DocumentFormat;
  readonly sourceUri: string | null;
  readonly metadata: NonNullable<NewDocument['metadata']>;
};

/** @throws GatewayError BAD_USER_INPUT; PAYLOAD_TOO_LARGE for a content beyond a mebibyte or 50,000 lines */
export function checkedDocument(input: NewDocument): CheckedDocument {
  const { content, format, sourceUri = null, metadata } = input;
  const title = input.title.replace(/\s+/gu, ' ').trim();
  if (title === '' || title.length > MAX_TITLE) throw badInput('input.title', `a title has 1 to ${MAX_TITLE} characters`);
  requireStorable(title, 'input.title');
  if (content.trim() === '') throw badInput('input.content', 'a document has some text');
  if (content.length > MAX_CONTENT_BYTES || Buffer.byteLength(content) > MAX_CONTENT_BYTES) throw tooLarge(`a document has at most ${MAX_CONTENT_BYTES} bytes of UTF-8; split it into several`);
  if ((content.match(/\r\n?|\n/g)?.length ?? 0) > MAX_LINES) throw tooLarge(`a document has at most ${MAX_LINES} lines; split it into several`);
  requireStorable(content, 'input.content');
  if (sourceUri !== null) {
    if (sourceUri.length > MAX_URI || !URL.canParse(sourceUri)) throw badInput('input.sourceUri', `a source is an absolute URI of at most ${MAX_URI} characters, such as https://example.com/guide`);
    requireStorable(sourceUri, 'input.sourceUri');
  }
  requireStorableJson(metadata ?? {}, 'input.metadata', MAX_METADATA_BYTES);
  return { title, content, format: format ?? 'MARKDOWN', sourceUri, metadata: metadata ?? {} };
}

/** What two additions must share to be of one document: their source, or their title where there is none. */
export const identityOf = ({ sourceUri, title }: Pick<CheckedDocument, 'sourceUri' | 'title'>): Buffer =>
  createHash('sha256').update(canonicalJson(sourceUri === null ? ['title', title] : ['source', sourceUri])).digest();

export const contentHashOf = ({ format, title, content }: CheckedDocument): string =>
  createHash('sha256').update(canonicalJson([format, title, content])).digest('hex');

const tooLarge = (message: string): GatewayError => new GatewayError('PAYLOAD_TOO_LARGE', message, { field: 'input.content', reason: 'DOCUMENT_TOO_LARGE' });

function requireStorable(text: string, field: string): void {
  if (!isStorableText(text)) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
}
