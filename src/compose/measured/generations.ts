import type { GenerationStore } from '../../domain/generation/generation.store';
import type { Metrics } from '../../kernel/metrics-type';
import type { Transact } from '../../kernel/transact';

type Tally = (count: (metrics: Metrics) => void) => void;

/**
 * Counts candidates and generations that come to their end. Only what was committed counts: a transaction that is run
 * again, or rolled back, leaves its tally behind.
 */
export const measuredTransact = <Stores extends { readonly generations: GenerationStore }>(transact: Transact<Stores>, metrics: Metrics): Transact<Stores> =>
  async (work) => {
    let tallied: ((metrics: Metrics) => void)[] = [];
    const result = await transact((stores) => {
      tallied = [];
      return work({ ...stores, generations: talliedStore(stores.generations, (count) => { tallied.push(count); }) });
    });
    for (const count of tallied) count(metrics);
    return result;
  };

const candidates = (outcome: string, by = 1) => (metrics: Metrics): void => { metrics.add('contextiq_candidates_total', { outcome }, by); };

const talliedStore = (store: GenerationStore, tally: Tally): GenerationStore => ({
  ...store,
  async change(actor, id, change) {
    const job = await store.change(actor, id, change);
    if (change.finished === true) tally((metrics) => { metrics.add('contextiq_generations_finished_total', { status: job.status }); });
    return job;
  },
  async addCandidates(actor, id, drafts) {
    await store.addCandidates(actor, id, drafts);
    for (const { verdict } of drafts) if (verdict !== null) tally(candidates(verdict.outcome));
  },
  async settle(actor, id, ordinal, settlement) {
    const isSettled = await store.settle(actor, id, ordinal, settlement);
    if (isSettled) tally(candidates(settlement.outcome));
    return isSettled;
  },
  async failOpen(actor, id, reason) {
    const failed = await store.failOpen(actor, id, reason);
    if (failed > 0) tally(candidates('FAILED', failed));
    return failed;
  },
});
