import { requireRole, requireScope, type Actor } from '../../kernel/actor';
import { scopeHash, type Scope } from '../../kernel/scope';
import { memoryTopic } from '../feed/feed';
import { mapItems } from '../feed/iterate';
import type { StampedFeed } from '../feed/stamped-feed';
import { REVISION_ACTIONS, type Memory, type MemoryChange } from './memory';

export interface MemoryFeed {
  /**
   * Changes of one pool after the cursor (kept for seven days), then live; each once, in commit order. What is gone by the time it is read has no memory.
   * @throws GatewayError FORBIDDEN outside the actor's scopes, BAD_USER_INPUT for a malformed cursor
   */
  subscribe(actor: Actor, pool: { bankId: string; scope: Scope }, after: string | null, signal: AbortSignal): Promise<AsyncIterable<MemoryChange>>;
}

interface MemoryFeedDeps {
  readonly memories: { getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Memory | null)[]> };
  readonly follow: StampedFeed;
}

export function createMemoryFeed({ memories, follow }: MemoryFeedDeps): MemoryFeed {
  return {
    async subscribe(actor, { bankId, scope }, after, signal) {
      requireRole(actor, 'reader');
      requireScope(actor, scope);
      const entries = await follow(actor, memoryTopic(scopeHash(actor.tenantId, bankId, scope)), after, signal);
      return mapItems(entries, async ({ position, ref }): Promise<MemoryChange> => {
        const memoryId = typeof ref['memoryId'] === 'string' ? ref['memoryId'] : '';
        const [memory] = await memories.getMany(actor, [memoryId]);
        return { cursor: String(position), action: actionOf(ref['action']), memoryId, revision: Number(ref['revision']), memory: memory ?? null };
      });
    },
  };
}

function actionOf(value: unknown): MemoryChange['action'] {
  const action = REVISION_ACTIONS.find((known) => known === value);
  if (action === undefined) throw new Error(`a feed entry holds ${JSON.stringify(value)} where a revision action belongs`);
  return action;
}
