import { createEmbeddingPhase } from '../domain/generation/embedding.phase';
import { createMemorySweep } from '../domain/memory/memory-sweep.service';
import type { Actor } from '../kernel/actor';
import type { Logger } from '../kernel/logger-type';
import { FEED_PENDING, stampFeed, sweepFeed } from '../storage/feed.store';
import { createLexiconStore, overdueLexicons } from '../storage/lexicon.store';
import { createStores, createTransact } from '../storage/stores';
import { listTenants } from '../storage/tenants';
import type { Platform } from './platform';

/** What it takes of the platform. */
export type Maintained = Pick<Platform, 'database' | 'bus' | 'embedder' | 'logger'>;

const STAMP_POLL_MS = 500;
const SWEEP_MS = 30_000;
const SWEEP_BATCH = 500;
const CACHE_DAYS = 30;
const TENANT_PAGE = 200;
const LEXICONS = 20;
/** At a start, when the embedder may be another one, and then for those that it had refused. */
const CATCH_UP_MS = 3_600_000;

export interface Maintenance {
  /**
   * Sweeps everything that is due, now: expired sessions and memories, deleted memories past their retention, their words in the
   * lexicons, old keys, feeds and caches. Asks for vectors that memories lack.
   */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/** What a gateway does beside answering: the sequencer of the feeds, and the sweepers that really delete. */
export function startMaintenance(platform: Maintained, retentionSeconds: number): Maintenance {
  const { database, bus, logger } = platform;
  let caughtUpAt = -Infinity;
  const stamp = repeat(logger, 'stamping feeds', async () => { while ((await stampFeed(database, bus)) > 0); });
  const sweep = repeat(logger, 'sweeping', async () => {
    await sweepAll(platform, retentionSeconds);
    if (performance.now() - caughtUpAt < CATCH_UP_MS) return;
    await catchUp(platform);
    caughtUpAt = performance.now();
  });
  const unlisten = bus.listen(FEED_PENDING, stamp.kick);
  const timers = [setInterval(stamp.kick, STAMP_POLL_MS), setInterval(sweep.kick, SWEEP_MS)];
  stamp.kick();
  return {
    async sweep() {
      await sweepAll(platform, retentionSeconds);
      await catchUp(platform);
    },
    async stop() {
      unlisten();
      timers.forEach(clearInterval);
      await Promise.all([stamp.stop(), sweep.stop()]);
    },
  };
}

/** Runs a task once at a time: kicks that come meanwhile lead to one more run. A failure is logged; the next kick tries again. */
function repeat(logger: Logger, what: string, task: () => Promise<void>): { kick(): void; stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  let wanted = false;
  let stopped = false;
  const run = async (): Promise<void> => {
    while (wanted && !stopped) {
      wanted = false;
      await task().catch((error: unknown) => { logger.warn({ err: error }, `${what} failed, trying again`); });
    }
    running = null;
  };
  return {
    kick() {
      wanted = true;
      if (!stopped) running ??= run();
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

async function sweepAll({ database, bus }: Maintained, retentionSeconds: number): Promise<void> {
  const stores = createStores(database, bus);
  const memories = createMemorySweep({ transact: createTransact(database, bus), retentionSeconds });
  await drain(() => stores.sessions.sweepExpired(SWEEP_BATCH));
  await drain(() => stores.idempotency.sweep(SWEEP_BATCH));
  await drain(() => sweepFeed(database, SWEEP_BATCH));
  for await (const sweeper of sweepers(database)) {
    await drain(() => memories.run(sweeper, SWEEP_BATCH));
    await drain(() => stores.embeddings.sweepCache(sweeper, CACHE_DAYS, SWEEP_BATCH));
    await drain(() => stores.leases.sweep(sweeper, SWEEP_BATCH));
  }
  const lexicons = createLexiconStore(database);
  for (const { tenantId, corpus } of await overdueLexicons(database, LEXICONS)) await lexicons.refresh(sweeperOf(tenantId), corpus);
}

async function catchUp({ database, bus, embedder }: Maintained): Promise<void> {
  const embedding = createEmbeddingPhase({ embeddings: createStores(database, bus).embeddings, embedder, transact: createTransact(database, bus) });
  for await (const sweeper of sweepers(database)) await embedding.catchUp(sweeper);
}

const sweeperOf = (tenantId: string): Actor => ({ tenantId, principalId: 'sweeper', roles: ['admin'], scopeLimits: [] });

/** Someone to act for each tenant. */
async function* sweepers(database: Platform['database']): AsyncGenerator<Actor, void> {
  for (let after = ''; ; ) {
    const tenants = await listTenants(database, after, TENANT_PAGE);
    for (const tenantId of tenants) yield sweeperOf(tenantId);
    const last = tenants.at(-1);
    if (last === undefined || tenants.length < TENANT_PAGE) return;
    after = last;
  }
}

async function drain(step: () => Promise<number>): Promise<void> {
  while ((await step()) > 0);
}
