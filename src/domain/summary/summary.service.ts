import { requireRole, type Actor } from '../../kernel/actor';
import { toPage, type Page, type PageBefore } from '../../kernel/page';
import type { Summary } from './summary';
import type { SummaryStore } from './summary.store';

export interface SummaryService {
  /** The newest of each session, null for one that has none. */
  latestOfMany(actor: Actor, sessionIds: readonly string[]): Promise<readonly (Summary | null)[]>;
  /** Newest first. */
  historyOfMany(actor: Actor, sessionIds: readonly string[], position: PageBefore<number>): Promise<readonly Page<Summary>[]>;
}

export const createSummaryService = (summaries: SummaryStore): SummaryService => ({
  async latestOfMany(actor, sessionIds) {
    requireRole(actor, 'reader');
    return summaries.latestOfMany(actor, sessionIds);
  },

  async historyOfMany(actor, sessionIds, { limit, before }) {
    requireRole(actor, 'reader');
    return (await summaries.historyOfMany(actor, sessionIds, { limit: limit + 1, before })).map((items) => toPage(items, limit));
  },
});
