import type { z } from 'zod';
import { GatewayError } from '../../kernel/errors';
import { lineOfFault, lineOfPath } from './json-line';

/** One JSON value of a file: the whole file, or one line of a JSONL file. */
export interface JsonDocument {
  readonly file: string;
  /** Line of the file (from 1) on which `text` begins. */
  readonly firstLine: number;
  readonly text: string;
  readonly value: unknown;
}

export const fileError = (file: string, message: string, reason: string): GatewayError =>
  new GatewayError('BAD_USER_INPUT', `${file}: ${message}`, { field: 'file', reason });

/** An error about the value at `path`: `talk.json:12: turns.3.speaker: expected …`. */
export function documentError(document: JsonDocument, path: readonly PropertyKey[], message: string, reason = 'BAD_CONVERSATION'): GatewayError {
  const line = document.firstLine + lineOfPath(document.text, path) - 1;
  const where = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
  return fileError(`${document.file}:${line}`, where + message, reason);
}

/**
 * `value`, which stands at `path` of the document, as the schema says.
 * @throws GatewayError BAD_USER_INPUT with file, line and expectation of the first mismatch.
 */
export function parseAt<S extends z.ZodType>(schema: S, document: JsonDocument, value: unknown, path: readonly PropertyKey[] = []): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw documentError(document, [...path, ...(issue?.path ?? [])], issue?.message ?? 'expected another shape');
}

/**
 * The values of a JSON file (one) or JSONL file (one per line that is not blank).
 * It is JSONL when the whole is no JSON but its first line alone is an object or array, and more lines follow.
 * @throws GatewayError BAD_USER_INPUT with reason EMPTY_FILE or NOT_JSON and the line.
 */
export function parseDocuments(file: string, text: string): readonly JsonDocument[] {
  if (text.trim() === '') throw fileError(file, 'the file is empty: expected a conversation in JSON or JSONL', 'EMPTY_FILE');
  const whole = tryParse(text);
  if (!('error' in whole)) return [{ file, firstLine: 1, text, value: whole.value }];
  const lines = text.split('\n').map((line, index) => ({ text: line, firstLine: index + 1 }));
  const filled = lines.filter((line) => line.text.trim() !== '');
  if (!looksLikeJsonLines(filled.map((line) => line.text))) throw notJson(file, text, 1, whole.error);
  return filled.map((line) => {
    const parsed = tryParse(line.text);
    if ('error' in parsed) throw notJson(file, line.text, line.firstLine, parsed.error);
    return { file, ...line, value: parsed.value };
  });
}

function tryParse(text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function looksLikeJsonLines(filled: readonly string[]): boolean {
  const [first, second] = filled;
  if (first === undefined || second === undefined) return false;
  const parsed = tryParse(first);
  return 'value' in parsed && typeof parsed.value === 'object' && parsed.value !== null;
}

function notJson(file: string, text: string, firstLine: number, message: string): GatewayError {
  const fault = lineOfFault(text);
  const place = fault === null ? file : `${file}:${firstLine + fault - 1}`;
  return fileError(place, `expected JSON or JSONL (${message})`, 'NOT_JSON');
}
