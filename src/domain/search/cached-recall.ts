import { requireRole } from '../../kernel/actor';
import { isDatabaseDown, unavailable } from '../../kernel/errors';
import type { AnswerCache } from './answer-cache';
import type { RecallResult } from './recall';
import { parseRecall, requireWaitMs } from './recall-input';
import type { RecallService } from './recall.service';
import type { Visibility } from './visibility';

interface CachedRecallDeps {
  readonly recall: RecallService;
  readonly visibility: Visibility;
  readonly answers: AnswerCache<FoundHits>;
}

/** What is kept: the moment and what was waited for in vain belong to each request. */
export type FoundHits = Pick<RecallResult, 'hits' | 'degraded'>;

/**
 * The same answers as `recall` gives, without searching again while nothing was written that could change them. While the database is
 * away, what was answered last, marked CACHE_ONLY.
 */
export function withAnswerCache({ recall: uncached, visibility, answers }: CachedRecallDeps): RecallService {
  const recall: RecallService['recall'] = async (actor, input) => {
    requireRole(actor, 'reader');
    const search = parseRecall(actor, input);
    // First wait, then read the version: it has to cover what was waited for.
    const seen = await visibility.wait(actor, input.waitFor, requireWaitMs(input.waitMs));
    try {
      const found = await answers.through(actor, { request: search, pools: search.pools, kinds: search.kinds }, async () => {
        const { hits, degraded } = await uncached.recall(actor, { ...input, waitFor: null });
        return { value: { hits, degraded }, isComplete: degraded.length === 0 };
      });
      return { hits: found.hits, degraded: [...found.degraded, ...seen.degraded], indexedThrough: seen.indexedThrough };
    } catch (error) {
      const last = isDatabaseDown(error) ? await answers.lastKnown(actor, { request: search }) : null;
      if (last === null) throw error;
      return { hits: last.value.hits, degraded: ['CACHE_ONLY'], indexedThrough: last.at };
    }
  };

  return {
    recall,
    memoryAsOf: uncached.memoryAsOf,
    async searchMemories(actor, { scope, query, topK, asOf }) {
      const { hits, degraded } = await recall(actor, { scopes: [{ scope }], query, topK: topK ?? null, asOf: asOf ?? null });
      // A bare list has no place to say how old it is.
      if (degraded.includes('CACHE_ONLY')) throw unavailable('the database does not answer', 'DATABASE_DOWN');
      return hits.flatMap((hit) => (hit.kind === 'MEMORY' ? [hit.memory] : []));
    },
  };
}
