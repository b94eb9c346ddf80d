import type { Actor } from '../../kernel/actor';
import { scopeHash } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import { memoryTopic, type FeedStore } from '../feed/feed';
import type { MemoryStore } from './memory.store';

interface MemorySweepDeps {
  readonly transact: Transact<{ readonly memories: MemoryStore; readonly feed: FeedStore }>;
  /** How long a deleted memory can be brought back, in seconds; then it is erased. */
  readonly retentionSeconds: number;
}

/** What was deleted stays out for as long: a conversation older than that is hardly ever read again. */
const TOMBSTONE_SECONDS = 400 * 24 * 3600;

export interface MemorySweep {
  /**
   * Erases up to `limit` memories of the actor's tenant that were deleted long enough ago, and up to `limit` expired ones,
   * with everything that quotes them; as many expired revisions; tombstones, which quote nothing, after 400 days.
   * @returns how many of all these; call again while it is not 0
   */
  run(actor: Actor, limit: number): Promise<number>;
}

export function createMemorySweep({ transact, retentionSeconds }: MemorySweepDeps): MemorySweep {
  return {
    run: (actor, limit) =>
      transact(async ({ memories, feed }) => {
        const hidden = await memories.erase(actor, 'hidden', retentionSeconds, limit);
        const expired = await memories.erase(actor, 'expired', 0, limit);
        await feed.append(actor, expired.map(({ id, bankId, scope, revision }) => ({
          topic: memoryTopic(scopeHash(actor.tenantId, bankId, scope)),
          ref: { memoryId: id, revision, action: 'DELETED' },
        })));
        const revisions = await memories.eraseExpiredRevisions(actor, limit);
        const tombstones = await memories.eraseTombstones(actor, TOMBSTONE_SECONDS, limit);
        return hidden.length + expired.length + revisions + tombstones;
      }),
  };
}
