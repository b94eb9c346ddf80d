import { createA2ASweep } from '../domain/agent/a2a-sweep.service';
import { createRemoteSweep } from '../domain/agent/remote-sweep.service';
import { createDocumentEmbeddingPhase } from '../domain/document/document-embedding.phase';
import { createEmbeddingPhase } from '../domain/generation/embedding.phase';
import { createMemorySweep } from '../domain/memory/memory-sweep.service';
import { createArchiveService } from '../domain/session/archive.service';
import { createProcedureEmbeddingPhase } from '../domain/procedural/embedding.phase';
import type { Actor } from '../kernel/actor';
import type { Logger } from '../kernel/logger-type';
import { vectorSpaceOf } from '../platform/embedding/embedding.port';
import { createArchiveStore } from '../storage/archive.store';
import { FEED_PENDING, stampFeed, sweepFeed } from '../storage/feed.store';
import { createLexiconStore, overdueLexicons } from '../storage/lexicon.store';
import { sweepObjects } from '../storage/object-ledger';
import { createStores, createTransact } from '../storage/stores';
import { listTenants } from '../storage/tenants';
import { sweepVersions } from '../storage/version.store';
import type { Platform } from './platform';

/** What it takes of the platform. */
export type Maintained = Pick<Platform, 'database' | 'bus' | 'embedder' | 'logger' | 'metrics' | 'objects'>;

const STAMP_POLL_MS = 500;
/** How late an unanswered task is told of, at most. */
const TIME_OUT_POLL_MS = 1000;
const SWEEP_MS = 30_000;
const SWEEP_BATCH = 500;
/** Each is a call of the object store. */
const OBJECTS_BATCH = 50;
const CACHE_DAYS = 30;
const TENANT_PAGE = 200;
const LEXICONS = 20;
/** At a start, when the embedder may be another one, and then for those that it had refused. */
const CATCH_UP_MS = 3_600_000;
/** Looking for quiet sessions reads all sessions. */
const ARCHIVE_MS = 3_600_000;
const ARCHIVE_SESSIONS = 1000;
const INDEX_MS = 300_000;

export interface Maintenance {
  /**
   * Sweeps everything that is due, now: expired sessions and memories, deleted memories past their retention, their words in the
   * lexicons, old keys, feeds and caches, objects that nothing refers to. Archives what has been quiet. Asks for vectors that memories lack.
   */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/** What a gateway does beside answering: the sequencer of the feeds, the sweepers that really delete, and indexes for what has grown. */
export function startMaintenance(platform: Maintained, retentionSeconds: number, archiveAfterDays: number | null): Maintenance {
  const { database, bus, logger, objects } = platform;
  const stopping = new AbortController();
  const removeObjects = async (): Promise<void> => {
    if (objects !== null) await drain(() => (stopping.signal.aborted ? Promise.resolve(0) : sweepObjects(database, objects, OBJECTS_BATCH)));
  };
  let caughtUpAt = -Infinity;
  const stamp = repeat(logger, 'stamping feeds', async () => { while ((await stampFeed(database, bus)) > 0); });
  const overdue = createA2ASweep({ transact: createTransact(database, bus), actorOf: sweeperOf });
  const timeOut = repeat(logger, 'timing out tasks', () => drain(() => overdue.run(SWEEP_BATCH)));
  const sweep = repeat(logger, 'sweeping', async () => {
    await sweepAll(platform, retentionSeconds);
    if (performance.now() - caughtUpAt < CATCH_UP_MS) return;
    await catchUp(platform);
    await sweepVersions(database, SWEEP_BATCH);
    caughtUpAt = performance.now();
  });
  // Apart: the object store may be away, and the rest has to go on.
  const removal = repeat(logger, 'removing objects', removeObjects);
  const archive = repeat(logger, 'archiving', () => archiveAll(platform, archiveAfterDays, stopping.signal));
  const index = repeat(logger, 'indexing vectors', () => growVectorIndexes(platform, stopping.signal));
  const unlisten = bus.listen(FEED_PENDING, stamp.kick);
  const timers = [
    setInterval(stamp.kick, STAMP_POLL_MS), setInterval(timeOut.kick, TIME_OUT_POLL_MS), setInterval(sweep.kick, SWEEP_MS), setInterval(removal.kick, SWEEP_MS),
    setInterval(archive.kick, ARCHIVE_MS), setInterval(index.kick, INDEX_MS),
  ];
  stamp.kick();
  archive.kick();
  index.kick();
  return {
    async sweep() {
      await sweepAll(platform, retentionSeconds);
      await removal.settled();
      await removeObjects();
      await archive.settled();
      await archiveAll(platform, archiveAfterDays, stopping.signal);
      await catchUp(platform);
      await sweepVersions(database, SWEEP_BATCH);
    },
    async stop() {
      unlisten();
      stopping.abort();
      timers.forEach(clearInterval);
      await Promise.all([stamp.stop(), timeOut.stop(), sweep.stop(), removal.stop(), archive.stop(), index.stop()]);
    },
  };
}

/** Runs a task once at a time: kicks that come meanwhile lead to one more run. A failure is logged; the next kick tries again. */
function repeat(logger: Logger, what: string, task: () => Promise<void>): { kick(): void; settled(): Promise<void>; stop(): Promise<void> } {
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
    async settled() {
      await running;
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
  const looks = createRemoteSweep({ transact: createTransact(database, bus), actorOf: sweeperOf });
  await drain(() => looks.run(SWEEP_BATCH));
  for await (const sweeper of sweepers(database)) {
    await drain(() => memories.run(sweeper, SWEEP_BATCH));
    await drain(() => stores.embeddings.sweepCache(sweeper, CACHE_DAYS, SWEEP_BATCH));
    await drain(() => stores.leases.sweep(sweeper, SWEEP_BATCH));
    await drain(() => stores.imports.sweep(sweeper, SWEEP_BATCH));
  }
  const lexicons = createLexiconStore(database);
  for (const { tenantId, corpus } of await overdueLexicons(database, LEXICONS)) await lexicons.refresh(sweeperOf(tenantId), corpus);
}

async function catchUp({ database, bus, embedder }: Maintained): Promise<void> {
  const { embeddings, procedureEmbeddings, documents, usage } = createStores(database, bus);
  const transact = createTransact(database, bus);
  const phases = [
    createEmbeddingPhase({ embeddings, embedder, transact }),
    createProcedureEmbeddingPhase({ embeddings: procedureEmbeddings, embedder, transact }),
    createDocumentEmbeddingPhase({ documents, embedder, usage, transact }),
  ];
  for await (const sweeper of sweepers(database)) for (const phase of phases) await phase.catchUp(sweeper);
}

async function archiveAll({ database, bus, metrics, objects }: Maintained, days: number | null, signal: AbortSignal): Promise<void> {
  if (days === null || objects === null) return;
  const archives = createArchiveService({ archives: createArchiveStore(database, objects), leases: createStores(database, bus).leases });
  for await (const sweeper of sweepers(database)) {
    await drain(async () => {
      const events = await archives.run(sweeper, days, ARCHIVE_SESSIONS, signal);
      metrics.add('contextiq_archived_events_total', {}, events);
      return signal.aborted ? 0 : events;
    });
  }
}

/** Vectors without meaning are not searched. */
async function growVectorIndexes({ database, embedder }: Maintained, signal: AbortSignal): Promise<void> {
  if (embedder.semantic) await database.growVectorIndexes({ space: vectorSpaceOf(embedder), dimension: embedder.dimension }, signal);
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
