import { requireRole, type Actor } from '../../kernel/actor';
import type { Scope } from '../../kernel/scope';
import type { Memory } from '../memory/memory';
import type { Event } from '../session/event';
import type { EventSearch, FoundEvents } from './event-search';
import { matched, NEWEST_FIRST, NO_EXPLANATION } from './memory-ranking';
import type { MemorySearch } from './memory-search';
import type { EventHit, RecallHit, RecallInput, RecallResult } from './recall';
import { parseRecall, requireWaitMs, type ParsedRecall } from './recall-input';
import { poolIndex } from './search.store';
import type { Visibility } from './visibility';

export interface RecallService {
  /**
   * The memories and events that answer a query best, over several pools at once.
   * @throws GatewayError BAD_USER_INPUT, FORBIDDEN (an exact scope outside the actor's limits)
   */
  recall(actor: Actor, input: RecallInput): Promise<RecallResult>;
  /** `recall` over the memories of one exact pool. */
  searchMemories(actor: Actor, input: { readonly scope: Scope; readonly query: string; readonly topK?: number | null }): Promise<readonly Memory[]>;
}

interface RecallServiceDeps {
  readonly memories: MemorySearch;
  readonly events: EventSearch;
  /** The event store satisfies it. */
  readonly reader: { getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Event | null)[]> };
  readonly visibility: Visibility;
}

/** The scale on which both kinds meet: a first place is 1, as in reciprocal rank fusion. */
const rankScore = (index: number): number => 61 / (61 + index);

export function createRecallService({ memories, events, reader, visibility }: RecallServiceDeps): RecallService {
  const findEvents = async (actor: Actor, search: ParsedRecall): Promise<EventHit[]> => {
    const found = await events.find(actor, search);
    const best = found.ranked.slice(0, search.topK);
    // Read again in full; what was deleted meanwhile is gone.
    const full = await reader.getMany(actor, best.map(({ eventId }) => eventId));
    return full.flatMap((event, index) => (event === null ? [] : [toEventHit(event, index, found, search)]));
  };

  const recall: RecallService['recall'] = async (actor, input) => {
    requireRole(actor, 'reader');
    const search = parseRecall(actor, input);
    const { degraded, indexedThrough } = await visibility.wait(actor, input.waitFor, requireWaitMs(input.waitMs));
    const [memoryHits, eventHits] = await Promise.all([
      search.kinds.includes('MEMORY') ? memories.find(actor, search, search.topK) : { hits: [], degraded: [] },
      search.kinds.includes('EVENT') ? findEvents(actor, search) : [],
    ]);
    // The sort is stable: of equals the memory stands first.
    const hits = [...memoryHits.hits, ...eventHits].sort((a: RecallHit, b: RecallHit) => b.score - a.score);
    return { hits: hits.slice(0, search.topK), degraded: [...memoryHits.degraded, ...degraded], indexedThrough };
  };

  return {
    recall,
    async searchMemories(actor, { scope, query, topK }) {
      const { hits } = await recall(actor, { scopes: [{ scope }], query, topK: topK ?? null });
      return hits.flatMap((hit) => (hit.kind === 'MEMORY' ? [hit.memory] : []));
    },
  };
}

function toEventHit(event: Event, index: number, found: FoundEvents, { pools }: ParsedRecall): EventHit {
  const row = found.rows.get(event.id);
  const ranked = found.ranked[index];
  const words = matched(row?.text ?? '', found);
  return {
    kind: 'EVENT', event, score: rankScore(index), scopeIndex: row === undefined ? -1 : poolIndex(pools, row.scope),
    explanation: {
      ...NO_EXPLANATION, ...words,
      lexical: found.isNewestFirst ? null : (ranked?.score ?? null),
      parts: { ...ranked?.parts },
      notes: found.isNewestFirst ? [NEWEST_FIRST] : words.notes,
    },
  };
}
