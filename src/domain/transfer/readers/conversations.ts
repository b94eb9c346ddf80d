import { badInput } from '../../../kernel/errors';
import { isJsonObject, type JsonObject } from '../../../kernel/json';
import type { TransferRecord } from '../records';
import type { ImportOptions } from '../transfer';
import { eventRecord, given, idOf, listOf, objectOf, scopeOf, sessionRecords, textOf, timeOf, userOf, type Turn } from './drafts';
import { authorOf, saidIn, toTurn } from './messages';
import type { Reader } from './reader';

/**
 * Conversations: objects with `messages` as OpenAI's chat API and its fine-tuning files have them, ChatGPT's `conversations.json` (`mapping`), or
 * bare messages, which are one conversation together.
 */
export function createConversationReader(options: ImportOptions): Reader {
  let open: { id: string; seq: number; last: string } | null = null;

  /** A message on its own goes on with the conversation that the first one began. */
  function* bare(message: JsonObject): Generator<TransferRecord, void, undefined> {
    const first = toTurn(message, [(open?.seq ?? 0) + 1, message]);
    if (first.text === null && Object.keys(first.actions ?? {}).length === 0) return;
    if (open === null) {
      const scope = scopeOf({}, options);
      const source = ['conversation', scope, message];
      const [session] = sessionRecords({ source, userId: userOf(null, options), scope, createdAt: first.at }, []);
      if (session?.kind !== 'session') return;
      yield session;
      open = { id: session.value.id, seq: 0, last: session.value.createdAt };
    }
    open = { id: open.id, seq: open.seq + 1, last: first.at ?? open.last };
    yield eventRecord(open.id, open.seq, first, open.last);
  }

  return {
    wrappers: ['conversations'],
    read(value) {
      const item = objectOf(value);
      if (isJsonObject(item['mapping'])) return fromChatGpt(options, item, item['mapping']);
      if (Array.isArray(item['messages'])) return fromMessages(options, item);
      if (item['role'] !== undefined) return bare(item);
      throw badInput('messages', 'this is no conversation: it has neither `messages` nor `mapping`', 'UNKNOWN_SHAPE');
    },
  };
}

function fromMessages(options: ImportOptions, item: JsonObject): Iterable<TransferRecord> {
  const turns = listOf(item['messages'], 'messages').map((message, index) => toTurn(objectOf(message, `messages.${index}`), [index, message]));
  const named = textOf(item['id'] ?? item['conversation_id'] ?? item['thread_id'], 'id');
  const user = userOf(textOf(item['user_id'] ?? item['user'], 'user_id'), options);
  const scope = options.scope ?? { user_id: user };
  return sessionRecords({
    // One without an id is known by all that it says: two may begin alike.
    source: ['conversation', scope, named ?? listOf(item['messages'], 'messages')],
    userId: user, scope, metadata: given({ title: item['title'], source_id: named, ...(isJsonObject(item['metadata']) ? item['metadata'] : {}) }),
    createdAt: timeOf(item['created_at'] ?? item['create_time'], 'created_at'),
  }, turns);
}

/** The branch that was shown last: from its end back to the beginning. */
function fromChatGpt(options: ImportOptions, item: JsonObject, mapping: JsonObject): Iterable<TransferRecord> {
  const turns: Turn[] = [];
  const seen = new Set<string>();
  for (let at = textOf(item['current_node'], 'current_node'); at !== null && !seen.has(at);) {
    seen.add(at);
    const found = mapping[at];
    const node = isJsonObject(found) ? found : {};
    if (isJsonObject(node['message'])) turns.push(fromNode(node['message'], at));
    at = textOf(node['parent'], 'parent');
  }
  const id = textOf(item['conversation_id'] ?? item['id'], 'conversation_id');
  const scope = scopeOf({}, options);
  return sessionRecords({
    source: ['chatgpt', id ?? idOf(null, mapping)], userId: userOf(null, options), scope, metadata: given({ title: item['title'], source_id: id }), createdAt: timeOf(item['create_time'], 'create_time'),
  }, turns.reverse());
}

function fromNode(message: JsonObject, id: string): Turn {
  const author = isJsonObject(message['author']) ? message['author'] : {};
  const content = isJsonObject(message['content']) ? message['content'] : {};
  return {
    source: [id], author: authorOf(textOf(author['role'], 'author.role') ?? 'system', 'author.role'), authorName: textOf(author['name'], 'author.name'),
    text: saidIn(content['parts'] ?? content['text'], 'content.parts'), at: timeOf(message['create_time'], 'create_time'),
  };
}
