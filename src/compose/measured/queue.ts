import type { Metrics } from '../../kernel/metrics-type';
import type { JobQueue, Verdict } from '../../platform/queue/queue.port';
import { stopwatch } from './outcome';

export const measuredQueue = (queue: JobQueue, metrics: Metrics): JobQueue => ({
  state: () => queue.state(),
  close: () => queue.close(),
  consume: (names, concurrency, handler) => queue.consume(names, concurrency, async (delivery, signal) => {
    const seconds = stopwatch();
    let outcome = 'retry';
    metrics.add('contextiq_jobs_in_flight', { job: delivery.name });
    try {
      const verdict = await handler(delivery, signal);
      outcome = outcomeOf(verdict);
      return verdict;
    } finally {
      metrics.add('contextiq_jobs_in_flight', { job: delivery.name }, -1);
      metrics.add('contextiq_jobs_total', { job: delivery.name, outcome });
      metrics.observe('contextiq_job_duration_seconds', { job: delivery.name }, seconds());
    }
  }),
});

const outcomeOf = (verdict: Verdict): string => (verdict.kind === 'retry' && !verdict.counts ? 'postponed' : verdict.kind);
