import type { Transact } from '../kernel/transact';
import type { Bus } from '../platform/bus/bus.port';
import { createApiKeyStore } from './api-key.store';
import { createBankStore } from './bank.store';
import { createEmbeddingStore } from './embedding.store';
import { createEventStore } from './event.store';
import { createFeedStore } from './feed.store';
import { createGenerationStore } from './generation.store';
import { createIdempotencyStore } from './idempotency.store';
import { createJobOutbox } from './job-outbox';
import { createJobStore } from './job.store';
import { createLeaseStore } from './lease.store';
import { createMemoryStore } from './memory.store';
import { createSessionStore } from './session.store';
import type { Sql } from './sql';
import { createUsageStore } from './usage.store';

/** Every store over one handle: the pool's, or one transaction's. */
export const createStores = (sql: Sql, bus: Bus) => ({
  sessions: createSessionStore(sql, bus),
  events: createEventStore(sql, bus),
  memories: createMemoryStore(sql),
  banks: createBankStore(sql),
  generations: createGenerationStore(sql),
  embeddings: createEmbeddingStore(sql),
  leases: createLeaseStore(sql),
  feed: createFeedStore(sql, bus),
  outbox: createJobOutbox(sql, bus),
  jobs: createJobStore(sql, bus),
  idempotency: createIdempotencyStore(sql),
  apiKeys: createApiKeyStore(sql),
  usage: createUsageStore(sql),
});

export type Stores = ReturnType<typeof createStores>;

/** The same stores over a transaction of `sql`. */
export const createTransact = (sql: Sql, bus: Bus): Transact<Stores> => (work) => sql.transact((tx) => work(createStores(tx, bus)));
