import type { ContextService } from '../../domain/context/context.service';
import type { ProcedureSearchService } from '../../domain/procedural/procedure-search.service';
import type { MemorySearch } from '../../domain/search/memory-search';
import type { Degradation } from '../../domain/search/recall';
import type { RecallService } from '../../domain/search/recall.service';
import type { Visibility } from '../../domain/search/visibility';
import type { EventStore } from '../../domain/session/session.store';
import type { Metrics } from '../../kernel/metrics-type';
import { outcomeOf, stopwatch } from './outcome';

type Flusher = Pick<EventStore, 'flush'>;

export const measuredFlush = (events: Flusher, metrics: Metrics): Flusher => ({
  async flush(appends) {
    const seconds = stopwatch();
    let outcome = 'ok';
    try {
      return await events.flush(appends);
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      metrics.observe('contextiq_append_flush_events', {}, appends.reduce((sum, append) => sum + append.events.length, 0));
      metrics.observe('contextiq_append_flush_duration_seconds', { outcome }, seconds());
    }
  },
});

async function timed<T>(metrics: Metrics, kind: string, search: () => Promise<T>): Promise<T> {
  const seconds = stopwatch();
  let outcome = 'ok';
  try {
    return await search();
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    metrics.observe('contextiq_search_duration_seconds', { kind, outcome }, seconds());
  }
}

export const measuredRecall = (recall: RecallService, metrics: Metrics): RecallService => ({
  recall: (actor, input) => timed(metrics, 'recall', () => recall.recall(actor, input)),
  searchMemories: (actor, input) => timed(metrics, 'searchMemories', () => recall.searchMemories(actor, input)),
  memoryAsOf: recall.memoryAsOf,
});

export const measuredContext = (context: ContextService, metrics: Metrics): ContextService => ({
  async build(actor, input) {
    const block = await timed(metrics, 'context', () => context.build(actor, input));
    metrics.observe('contextiq_context_tokens', {}, block.tokens);
    return block;
  },
});

/** `searchMemories` does not tell its caller what it lacked: it is counted where it shows. */
export const measuredMemorySearch = (memories: MemorySearch, metrics: Metrics): MemorySearch => ({
  established: memories.established,
  async find(actor, search, limit) {
    const found = await memories.find(actor, search, limit);
    countDegraded(metrics, found.degraded);
    return found;
  },
});

export const measuredProcedureSearch = (procedures: ProcedureSearchService, metrics: Metrics): ProcedureSearchService => ({
  async search(actor, search) {
    const found = await timed(metrics, 'searchProcedures', () => procedures.search(actor, search));
    countDegraded(metrics, found.degraded);
    return found;
  },
});

export const measuredVisibility = (visibility: Visibility, metrics: Metrics): Visibility => ({
  async wait(actor, token, waitMs) {
    const seen = await visibility.wait(actor, token, waitMs);
    countDegraded(metrics, seen.degraded);
    return seen;
  },
});

function countDegraded(metrics: Metrics, degraded: readonly Degradation[]): void {
  for (const reason of degraded) metrics.add('contextiq_search_degraded_total', { reason });
}
