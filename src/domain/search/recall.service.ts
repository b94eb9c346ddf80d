import { requireRole, type Actor } from '../../kernel/actor';
import { isUuid } from '../../kernel/ids';
import type { Scope } from '../../kernel/scope';
import type { Memory } from '../memory/memory';
import type { Event } from '../session/event';
import { areObjectsAway } from '../session/event-body';
import type { DocumentSearch } from './document-search';
import { eventsAsOf, parseAsOf, type AsOfInput } from './as-of';
import type { EventSearch, FoundEvents } from './event-search';
import { matched, NEWEST_FIRST, NO_EXPLANATION } from './memory-ranking';
import type { MemorySearch } from './memory-search';
import type { PastStore } from './past-search';
import type { Degradation, EventHit, RecallHit, RecallInput, RecallResult } from './recall';
import { parseRecall, requireWaitMs, type ParsedRecall } from './recall-input';
import { poolIndex } from './search.store';
import type { Visibility } from './visibility';

export interface RecallService {
  /**
   * The memories, events and passages of documents that answer a query best, over several pools at once.
   * @throws GatewayError BAD_USER_INPUT, FORBIDDEN (an exact scope outside the actor's limits)
   */
  recall(actor: Actor, input: RecallInput): Promise<RecallResult>;
  /** `recall` over the memories of one exact pool. */
  searchMemories(actor: Actor, input: { readonly scope: Scope; readonly query: string; readonly topK?: number | null; readonly asOf?: AsOfInput | null }): Promise<readonly Memory[]>;
  /** A memory as it was then, superseded or not; null when it is gone by now, or did not exist or hold. */
  memoryAsOf(actor: Actor, id: string, asOf: AsOfInput): Promise<Memory | null>;
}

interface RecallServiceDeps {
  readonly memories: MemorySearch;
  readonly events: EventSearch;
  readonly documents: DocumentSearch;
  /** The event store satisfies it. */
  readonly reader: { getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Event | null)[]> };
  readonly visibility: Visibility;
  readonly past: Pick<PastStore, 'getMany'>;
}

/** The scale on which both kinds meet: a first place is 1, as in reciprocal rank fusion. */
const rankScore = (index: number): number => 61 / (61 + index);

export function createRecallService({ memories, events, documents, reader, visibility, past }: RecallServiceDeps): RecallService {
  const findEvents = async (actor: Actor, search: ParsedRecall): Promise<{ hits: EventHit[]; degraded: readonly Degradation[] }> => {
    const found = await events.find(actor, { ...search, filter: eventsAsOf(search.filter, search.asOf) });
    const best = found.ranked.slice(0, search.topK).map(({ eventId }, index) => ({ eventId, index }));
    // Read again in full; what was deleted meanwhile is gone.
    const read = async (ranked: typeof best): Promise<EventHit[]> => {
      const full = await reader.getMany(actor, ranked.map(({ eventId }) => eventId));
      return ranked.flatMap(({ index }, at) => (full[at] === null || full[at] === undefined ? [] : [toEventHit(full[at], index, found, search)]));
    };
    try {
      return { hits: await read(best), degraded: found.degraded };
    } catch (error) {
      if (!areObjectsAway(error)) throw error;
      return { hits: await read(best.filter(({ eventId }) => found.rows.get(eventId)?.whole === 'row')), degraded: ['OBJECTS'] };
    }
  };

  const recall: RecallService['recall'] = async (actor, input) => {
    requireRole(actor, 'reader');
    const search = parseRecall(actor, input);
    const { degraded, indexedThrough } = await visibility.wait(actor, input.waitFor, requireWaitMs(input.waitMs));
    const [memoryHits, eventHits, passageHits] = await Promise.all([
      search.kinds.includes('MEMORY') ? memories.find(actor, search, search.topK) : { hits: [], degraded: [] },
      search.kinds.includes('EVENT') ? findEvents(actor, search) : { hits: [], degraded: [] },
      search.kinds.includes('DOCUMENT') ? documents.find(actor, search, search.topK) : { hits: [], degraded: [] },
    ]);
    // The sort is stable: of equals the memory stands first, then the event.
    const hits = [...memoryHits.hits, ...eventHits.hits, ...passageHits.hits].sort((a: RecallHit, b: RecallHit) => b.score - a.score);
    return { hits: hits.slice(0, search.topK), degraded: [...new Set([...memoryHits.degraded, ...eventHits.degraded, ...passageHits.degraded, ...degraded])], indexedThrough };
  };

  return {
    recall,
    async searchMemories(actor, { scope, query, topK, asOf }) {
      const { hits } = await recall(actor, { scopes: [{ scope }], query, topK: topK ?? null, asOf: asOf ?? null });
      return hits.flatMap((hit) => (hit.kind === 'MEMORY' ? [hit.memory] : []));
    },
    async memoryAsOf(actor, id, input) {
      requireRole(actor, 'reader');
      const asOf = parseAsOf(input, 'asOf');
      const [memory = null] = asOf !== null && isUuid(id) ? await past.getMany(actor, [id], asOf) : [];
      return memory;
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
