import { badInput } from '../../../kernel/errors';
import type { TransferRecord } from '../records';
import type { ImportOptions } from '../transfer';
import { given, listOf, memoryRecord, objectOf, requiredText, scopeOf, textOf, timeOf, topicOf } from './drafts';
import type { Reader } from './reader';

/**
 * Memories as mem0 lists them: `GET /v1/memories/` and `POST /v3/memories/` of the platform, `GET /memories` and `Memory.get_all()` of the open
 * source version; pages (`{"results": […]}`), lists, or one memory a line. `session_id` is what the platform calls the run.
 */
export const createMem0Reader = (options: ImportOptions): Reader => ({ wrappers: ['results', 'memories'], read: (item) => [toMemory(options, item)] });

function toMemory(options: ImportOptions, value: unknown): TransferRecord {
  const memory = objectOf(value);
  if (memory['memory'] === undefined) throw badInput('memory', 'this is no memory of mem0: it has no `memory`', 'UNKNOWN_SHAPE');
  const text = (field: string): string | null => textOf(memory[field], field);
  const scope = scopeOf({ user_id: text('user_id'), agent_id: text('agent_id'), app_id: text('app_id'), run_id: text('run_id') ?? text('session_id') }, options, 'user_id');
  const categories = listOf(memory['categories'], 'categories').flatMap((category) => (typeof category === 'string' ? [category] : []));
  return memoryRecord(options, {
    source: ['mem0', requiredText(memory['id'], 'id')],
    scope,
    fact: requiredText(memory['memory'], 'memory'),
    topics: categories.flatMap((category) => topicOf(category) ?? []),
    metadata: given({ ...(memory['metadata'] === null || memory['metadata'] === undefined ? {} : objectOf(memory['metadata'], 'metadata')), mem0_id: memory['id'], mem0_actor: memory['actor_id'] }),
    createdAt: timeOf(memory['created_at'], 'created_at'),
    updatedAt: timeOf(memory['updated_at'], 'updated_at'),
    expiresAt: timeOf(memory['expiration_date'], 'expiration_date'),
    ...supersession(memory['replaced_by'], memory['updated_at']),
  });
}

/** What another memory replaced stays as history. */
function supersession(replacedBy: Parameters<typeof textOf>[0], updatedAt: Parameters<typeof timeOf>[0]): { supersededAt: string | null } {
  return { supersededAt: textOf(replacedBy, 'replaced_by') === null ? null : (timeOf(updatedAt, 'updated_at') ?? new Date(0).toISOString()) };
}
