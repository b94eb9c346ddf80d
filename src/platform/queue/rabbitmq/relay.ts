import type { Logger } from '../../../kernel/logger-type';
import type { Bus } from '../../bus/bus.port';
import { JOBS_PENDING, type JobLedger, type QueueKey } from '../ledger.port';
import type { Publisher } from './publisher';
import { ALL_QUEUES } from './topology';

const POLL_MS = 500;
const BATCH = 100;
/** Jobs of one queue that are out at once; the rest waits in the table, where it costs the broker nothing. */
const WINDOW = 500;
const SWEEP_MS = 2500;
/** Published, confirmed, and claimed by nobody for so long, while its queue is empty: lost, or held by a worker that is busy. */
const OVERDUE_MS = 5000;

export interface Relay {
  /** Looks for due jobs soon. */
  kick(): void;
  stop(): Promise<void>;
}

interface RelayDeps {
  readonly ledger: JobLedger;
  readonly publisher: Publisher;
  readonly bus: Bus;
  readonly logger: Logger;
  /** Published jobs of this queue are overdue, though their messages are on the broker and ready. */
  onStuck(queue: QueueKey): void;
}

/**
 * Carries due jobs from the table to the broker. A job is marked as published after the broker confirmed it, so a crash
 * in between publishes it twice, never not at all; the second copy finds its job claimed and is dropped.
 */
export function createRelay({ ledger, publisher, bus, logger, onStuck }: RelayDeps): Relay {
  let stopped = false;
  let wanted = false;
  let running: Promise<void> | null = null;

  const round = async (): Promise<void> => {
    for (let more = true; more && publisher.ready && !stopped; ) {
      const jobs = await ledger.reserve(ALL_QUEUES, BATCH, WINDOW);
      if (jobs.length === 0) return;
      const confirmed = await publisher.publish(jobs);
      await ledger.markPublished(confirmed);
      await ledger.release(jobs.filter((job) => !confirmed.includes(job)));
      more = confirmed.length === jobs.length;
    }
  };

  const sweep = async (): Promise<void> => {
    for (const queue of await ledger.overdue(OVERDUE_MS)) {
      const waiting = await publisher.waiting(queue);
      if (waiting !== 0) {
        if (waiting !== null) onStuck(queue);
        continue;
      }
      const again = await ledger.unpublish(queue, OVERDUE_MS);
      if (again > 0) logger.info({ job: queue.name, again }, 'jobs that no worker claimed are published again');
    }
    kick();
  };

  const run = async (): Promise<void> => {
    while (wanted && !stopped) {
      wanted = false;
      await round().catch((error: unknown) => { logger.warn({ err: error }, 'publishing jobs failed, trying again'); });
    }
    running = null;
  };
  const kick = (): void => {
    wanted = true;
    if (!stopped) running ??= run();
  };

  let sweeping: Promise<void> | null = null;
  const timers = [
    setInterval(kick, POLL_MS),
    setInterval(() => {
      sweeping ??= sweep()
        .catch((error: unknown) => { logger.warn({ err: error }, 'looking for lost jobs failed, trying again'); })
        .finally(() => { sweeping = null; });
    }, SWEEP_MS),
  ];
  const unlisten = bus.listen(JOBS_PENDING, kick);

  return {
    kick,
    async stop() {
      stopped = true;
      unlisten();
      timers.forEach(clearInterval);
      await Promise.all([running, sweeping]);
    },
  };
}
