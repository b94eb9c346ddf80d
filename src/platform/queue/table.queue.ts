import type { Logger } from '../../kernel/logger-type';
import type { Bus } from '../bus/bus.port';
import { createLeasedRuns } from './leased-runs';
import { JOBS_PENDING, JOBS_REVOKED, type JobLedger } from './ledger.port';
import type { JobQueue } from './queue.port';
import { createTurns } from './turns';

const POLL_MS = 500;

/** The jobs table itself as the queue: consumers claim what is due. */
export function createTableJobQueue({ ledger, bus, logger }: { ledger: JobLedger; bus: Bus; logger: Logger }): JobQueue {
  return {
    consume(names, concurrency, handler) {
      const runs = createLeasedRuns({ ledger, handler, logger });
      const turns = createTurns();
      let stopped = false;
      let claiming: Promise<void> | null = null;
      let again = false;

      const claim = async (): Promise<void> => {
        for (const job of await ledger.claimDue(names, concurrency - runs.size, turns.next())) {
          void runs.start(job).then((verdict) => {
            wake();
            if (verdict.kind === 'retry') setTimeout(wake, verdict.delayMs + 5).unref();
          });
        }
      };

      const wake = (): void => {
        if (stopped || runs.size >= concurrency) return;
        if (claiming !== null) { again = true; return; }
        claiming = claim()
          .catch((error: unknown) => { logger.warn({ err: error }, 'claiming jobs failed, trying again'); })
          .finally(() => {
            claiming = null;
            if (again) { again = false; wake(); }
          });
      };

      const unlisten = [bus.listen(JOBS_PENDING, wake), bus.listen(JOBS_REVOKED, runs.recheck)];
      const poll = setInterval(wake, POLL_MS);
      wake();

      return {
        async stop(graceMs) {
          stopped = true;
          for (const end of unlisten) end();
          clearInterval(poll);
          await claiming;
          await runs.finish(graceMs);
        },
      };
    },
    state: () => ({ state: 'up' }),
    close: () => Promise.resolve(),
  };
}
