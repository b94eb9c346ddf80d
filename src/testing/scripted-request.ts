import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, type JsonObject, type JsonValue } from '../kernel/json';

/** A request as a script sees it. */
export interface ScriptedRequest {
  readonly kind: 'chat' | 'embedding';
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
  /** How a chat request asks for structure; null where it does not. */
  readonly rung: 'json_schema' | 'tool' | 'json_object' | null;
  /** Name of the requested schema; null at json_object, which has none. */
  readonly schemaName: string | null;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** All that the messages say, joined by line ends. */
  readonly text: string;
  /** The texts of an embedding request. */
  readonly inputs: readonly string[];
}

const field = (value: JsonValue | undefined, name: string): JsonValue | undefined => (isJsonObject(value) ? value[name] : undefined);
const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);

export function readScriptedRequest(path: string, headers: IncomingHttpHeaders, body: JsonObject): ScriptedRequest {
  const format = body['response_format'];
  const tool = field(listOf(body['tools'])[0], 'function');
  const type = field(format, 'type');
  const messages = listOf(body['messages']).map((message) => ({ role: textOf(field(message, 'role')), content: textOf(field(message, 'content')) }));
  const name = field(tool ?? field(format, 'json_schema'), 'name');
  return {
    kind: /\/embeddings(\?|$)/.test(path) ? 'embedding' : 'chat',
    path,
    headers,
    body,
    rung: tool !== undefined ? 'tool' : type === 'json_schema' || type === 'json_object' ? type : null,
    schemaName: typeof name === 'string' ? name : null,
    messages,
    text: messages.map((message) => message.content).join('\n'),
    inputs: typeof body['input'] === 'string' ? [body['input']] : listOf(body['input']).map(textOf),
  };
}
