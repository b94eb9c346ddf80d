import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../src/kernel/json';
import { JSON_TYPE } from './http-reply';

const RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';
/** What clients send, word for word, and what it is answered with. Any other header is weighed by Apollo. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/json', JSON_TYPE],
  ['application/json, */*', JSON_TYPE],
  ['application/graphql-response+json', RESPONSE_TYPE],
  ['application/graphql-response+json,application/json;q=0.9', RESPONSE_TYPE],
]);
const PARTS: ReadonlySet<string> = new Set(['query', 'operationName', 'variables', 'extensions']);

export interface UsualRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: JsonObject | null;
  readonly extensions: JsonObject | null;
  readonly contentType: string;
}

/**
 * A JSON POST that leaves nothing to interpret (its content type is one that a page of another site cannot send unasked),
 * or null: then Apollo Server, the authority on the protocol, takes or refuses it. Both ways give the same answer.
 */
export function usualRequest({ method, headers }: IncomingMessage, body: unknown): UsualRequest | null {
  if (method !== 'POST' || !isJsonObject(body)) return null;
  if (headers['content-type'] !== 'application/json' && headers['content-type'] !== 'application/json; charset=utf-8') return null;
  const contentType = ANSWERS.get(headers.accept ?? '');
  const { query, operationName, variables, extensions } = body;
  if (contentType === undefined || typeof query !== 'string' || query === '' || !Object.keys(body).every((part) => PARTS.has(part))) return null;
  if (!isAbsent(operationName) && typeof operationName !== 'string') return null;
  if (!isAbsent(variables) && !isJsonObject(variables)) return null;
  if (!isAbsent(extensions) && (!isJsonObject(extensions) || 'persistedQuery' in extensions)) return null;
  return { query, contentType, operationName: operationName ?? null, variables: variables ?? null, extensions: extensions ?? null };
}

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;
