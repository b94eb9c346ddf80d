import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject } from '../../kernel/json';
import { readChatFormat, type ChatSource } from './chat-format';
import type { Conversation } from './conversation';
import { documentError, fileError, parseDocuments, type JsonDocument } from './json-document';
import { readLocomoSample } from './locomo-format';
import { readOwnFormat } from './own-format';

export interface ReadOptions {
  /** When the last message was, in a chat file without timestamps. Default: the moment of reading. */
  readonly now?: Date;
}

/** The conversation that ships with the demo; it lies beside this file in the sources and in the build. */
export const SHIPPED_CONVERSATION = join(__dirname, 'conversation.json');

/**
 * The first conversation of a file, whatever its format (see `readConversations`).
 * @throws GatewayError BAD_USER_INPUT naming file, line and what was expected.
 */
export async function readConversation(path: string, options: ReadOptions = {}): Promise<Conversation> {
  const [first] = await readConversations(path, options);
  if (first === undefined) throw fileError(path, 'it has no turns: expected at least one', 'NO_TURNS');
  return first;
}

/**
 * Every conversation of a file, at least one. The format shows in the content: ContextIQ's own (`sessions`), LoCoMo's
 * (`conversation`, one sample or an array of them), or OpenAI-style messages: an array, `{messages}` (or an array of
 * those, one per session), or JSONL with a message or a `{messages}` per line.
 * @throws GatewayError BAD_USER_INPUT naming file, line and what was expected; reasons EMPTY_FILE, UNREADABLE_FILE,
 * NOT_JSON, UNKNOWN_FORMAT, BAD_CONVERSATION, NO_TURNS.
 */
export async function readConversations(path: string, options: ReadOptions = {}): Promise<readonly Conversation[]> {
  const documents = parseDocuments(path, await readText(path));
  const conversations = readDocuments(path, documents, options.now ?? new Date());
  const filled = conversations.filter((conversation) => conversation.sessions.length > 0);
  if (filled.length === 0) throw fileError(path, 'it has no turns: expected at least one', 'NO_TURNS');
  return filled;
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
    const cause = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw fileError(path, `${cause}: expected a conversation in JSON or JSONL`, 'UNREADABLE_FILE');
  });
  if (!isUtf8(bytes)) throw fileError(path, 'it is no UTF-8 text: expected JSON or JSONL in UTF-8', 'UNREADABLE_FILE');
  return new TextDecoder().decode(bytes); // drops a byte order mark, which Buffer's toString keeps
}

function readDocuments(file: string, documents: readonly JsonDocument[], now: Date): readonly Conversation[] {
  const [document, ...more] = documents;
  if (document === undefined) return [];
  if (more.length > 0) return [readChatFormat(file, jsonLines(documents), now)];
  const { value } = document;
  if (!Array.isArray(value)) {
    if (hasKey(value, 'sessions')) return [readOwnFormat(document)];
    if (hasKey(value, 'conversation')) return [readLocomoSample(document, value, [])];
    if (hasKey(value, 'messages') || hasKey(value, 'role')) return [readChatFormat(file, jsonLines(documents), now)];
    throw unknownFormat(document);
  }
  const items: readonly unknown[] = value;
  if (items.length === 0) return [];
  if (items.some((item) => hasKey(item, 'conversation'))) return items.map((item, index) => readLocomoSample(document, item, [index]));
  if (items.some((item) => hasKey(item, 'messages'))) {
    return [readChatFormat(file, items.map((item, index) => wrappedMessages(document, item, [index])), now)];
  }
  if (!items.some((item) => hasKey(item, 'role'))) throw unknownFormat(document);
  return [readChatFormat(file, [{ messages: items.map((item, index) => ({ document, value: item, path: [index] })) }], now)];
}

/** One session per line when the lines are `{messages}`, else one session of all the lines. */
function jsonLines(documents: readonly JsonDocument[]): readonly ChatSource[] {
  if (documents.some(({ value }) => hasKey(value, 'messages'))) {
    return documents.map((document) => wrappedMessages(document, document.value, []));
  }
  const first = documents[0];
  if (first !== undefined && !documents.some(({ value }) => hasKey(value, 'role'))) throw unknownFormat(first);
  return [{ messages: documents.map((document) => ({ document, value: document.value, path: [] })) }];
}

function wrappedMessages(document: JsonDocument, value: unknown, path: readonly PropertyKey[]): ChatSource {
  const messages: unknown = isJsonObject(value) ? value['messages'] : undefined;
  if (!Array.isArray(messages)) throw documentError(document, [...path, 'messages'], 'expected a list of messages, as in the file\'s other sessions');
  const items: readonly unknown[] = messages;
  return {
    around: { document, value, path },
    messages: items.map((item, index) => ({ document, value: item, path: [...path, 'messages', index] })),
  };
}

const hasKey = (value: unknown, key: string): boolean => isJsonObject(value) && key in value;

const unknownFormat = (document: JsonDocument) =>
  documentError(
    document,
    [],
    'no known format: expected "sessions" (ContextIQ), "conversation" (LoCoMo), or messages with "role" and "content" (OpenAI style)',
    'UNKNOWN_FORMAT',
  );
