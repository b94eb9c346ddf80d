import type { Logger } from '../../kernel/logger-type';
import { planned, type Sql } from '../sql';

/** The embedded engine has no background processes: no autovacuum, no autoanalyze, no checkpoint of its own. */
export interface Housekeeping {
  /** One round; a call during a round joins it. */
  run(): Promise<void>;
  /** Stops the timer and waits for a running round. */
  stop(): Promise<void>;
}

/** An import fills tables in seconds, and searches plan badly until they are analyzed; a round with nothing to do costs two small reads. */
const INTERVAL_MS = 15_000;

const FLUSH_STATISTICS = planned('housekeeping.flush', 'select pg_stat_force_next_flush()');
/** Autovacuum's own thresholds: 50 rows and a tenth of the table changed, or a fifth of it dead. */
const STALE_TABLES = planned(
  'housekeeping.stale',
  `select quote_ident(relname) as name from pg_stat_user_tables
   where n_mod_since_analyze > 50 + 0.1 * n_live_tup or n_dead_tup > 50 + 0.2 * n_live_tup
   order by greatest(n_mod_since_analyze, n_dead_tup) desc`,
);
const WAL_POSITION = planned('housekeeping.wal', 'select pg_current_wal_insert_lsn()::text as position');
const CHECKPOINT = planned('housekeeping.checkpoint', 'checkpoint');

/**
 * Each command is a statement of its own on the one connection: it waits its turn behind any open transaction, and
 * others run between one table's vacuum and the next.
 */
export function createHousekeeping(sql: Sql, logger: Logger): Housekeeping {
  let running: Promise<void> | null = null;
  let checkpointed = '';

  async function round(): Promise<void> {
    await sql.query(FLUSH_STATISTICS, []);
    for (const { name } of await sql.query<{ name: string }>(STALE_TABLES, [])) {
      await sql.query(planned('housekeeping.vacuum', `vacuum (analyze) ${name}`), []);
    }
    const before = await walPosition();
    if (before === checkpointed) return;
    await sql.query(CHECKPOINT, []);
    checkpointed = await walPosition(); // the checkpoint's own record moves it
  }

  async function walPosition(): Promise<string> {
    const [row] = await sql.query<{ position: string }>(WAL_POSITION, []);
    return row?.position ?? '';
  }

  function run(): Promise<void> {
    running ??= round().finally(() => {
      running = null;
    });
    return running;
  }

  const timer = setInterval(() => {
    run().catch((error: unknown) => logger.warn({ err: error }, 'database housekeeping failed; it is tried again'));
  }, INTERVAL_MS);
  timer.unref();

  return {
    run,
    stop: async () => {
      clearInterval(timer);
      await running?.catch(() => undefined); // whoever started that round has its error
    },
  };
}
