import { badInput } from '../../../kernel/errors';
import { isJsonObject, type JsonObject } from '../../../kernel/json';
import type { TransferRecord } from '../records';
import type { ImportOptions } from '../transfer';
import { given, listOf, memoryRecord, objectOf, requiredText, scopeOf, sessionRecords, textOf, timeOf, topicOf, userOf, type Turn } from './drafts';
import { authorOf } from './messages';
import type { Reader } from './reader';

/**
 * What Zep's API gives: threads (`thread_id`, version 3) or sessions (`session_id`, version 2) with their `messages`, and facts or graph edges with
 * the times in which they held. Nodes and episodes are not taken: facts are what was learned of them.
 */
export const createZepReader = (options: ImportOptions): Reader => ({
  wrappers: ['threads', 'sessions', 'edges', 'facts'],
  read(value) {
    const item = objectOf(value);
    if (Array.isArray(item['messages'])) return fromThread(options, item);
    if (item['fact'] !== undefined || (item['content'] !== undefined && item['uuid'] !== undefined && item['role'] === undefined)) return [fromFact(options, item)];
    throw badInput('fact', 'this is neither a fact or edge (`fact`) nor a thread or session (`messages`) of Zep', 'UNKNOWN_SHAPE');
  },
});

function fromThread(options: ImportOptions, item: JsonObject): Iterable<TransferRecord> {
  const id = requiredText(item['thread_id'] ?? item['session_id'], 'thread_id');
  const user = userOf(textOf(item['user_id'], 'user_id'), options);
  return sessionRecords({
    source: ['zep', 'thread', id], userId: user, scope: scopeOf({ user_id: textOf(item['user_id'], 'user_id') }, options, 'user_id'), createdAt: timeOf(item['created_at'], 'created_at'),
    metadata: given({ ...(isJsonObject(item['metadata']) ? item['metadata'] : {}), zep_thread_id: id }),
  }, listOf(item['messages'], 'messages').map((message, index) => toTurn(objectOf(message, `messages.${index}`), index)));
}

/** Version 2 tells the kind of role in `role_type` and a name in `role`, version 3 the kind in `role` and the name in `name`. */
function toTurn(message: JsonObject, index: number): Turn {
  const field = `messages.${index}.role`;
  const type = textOf(message['role_type'], `${field}_type`);
  const content = textOf(message['content'], `messages.${index}.content`);
  return {
    source: [textOf(message['uuid'], `messages.${index}.uuid`) ?? [index, content]],
    author: authorOf(type ?? requiredText(message['role'], field), field),
    authorName: type === null ? textOf(message['name'], `messages.${index}.name`) : textOf(message['role'], field),
    text: content,
    metadata: isJsonObject(message['metadata']) ? message['metadata'] : {},
    at: timeOf(message['created_at'], `messages.${index}.created_at`),
  };
}

function fromFact(options: ImportOptions, item: JsonObject): TransferRecord {
  const name = textOf(item['name'], 'name');
  const topic = name === null ? null : topicOf(name);
  const rating = item['rating'];
  return memoryRecord(options, {
    source: ['zep', 'fact', requiredText(item['uuid'], 'uuid')],
    scope: scopeOf({ user_id: textOf(item['user_id'], 'user_id') }, options, 'user_id'),
    fact: requiredText(item['fact'] ?? item['content'], 'fact'),
    topics: topic === null ? [] : [topic],
    confidence: typeof rating === 'number' && rating >= 0 && rating <= 1 ? rating : 1,
    metadata: given({
      zep_source_node: item['source_node_uuid'] ?? item['source_node_name'], zep_target_node: item['target_node_uuid'] ?? item['target_node_name'], zep_episodes: item['episodes'],
      ...(isJsonObject(item['attributes']) ? { attributes: item['attributes'] } : {}),
    }),
    ...period(timeOf(item['valid_at'], 'valid_at'), timeOf(item['invalid_at'], 'invalid_at')),
    createdAt: timeOf(item['created_at'], 'created_at'),
    supersededAt: timeOf(item['expired_at'], 'expired_at'),
  });
}

/** Zep guesses times from what was said, and now and then one before the other. */
const period = (from: string | null, to: string | null): { validFrom: string | null; validTo: string | null } =>
  ({ validFrom: from !== null && to !== null && to < from ? null : from, validTo: to });
