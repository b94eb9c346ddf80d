import type { EventBodies } from '../domain/session/event-body';
import type { Transact } from '../kernel/transact';
import type { Bus } from '../platform/bus/bus.port';
import { createA2AStore } from './a2a.store';
import { createAgentStore } from './agent.store';
import { createApiKeyStore } from './api-key.store';
import { createBankStore } from './bank.store';
import { createDocumentStore } from './document.store';
import { createDistillationStore } from './distillation.store';
import { createEmbeddingStore } from './embedding.store';
import { createEventStore } from './event.store';
import { createFeedStore } from './feed.store';
import { createForgettingStore } from './forgetting.store';
import { createGenerationStore } from './generation.store';
import { createIdempotencyStore } from './idempotency.store';
import { createJobOutbox } from './job-outbox';
import { createJobStore } from './job.store';
import { createLeaseStore } from './lease.store';
import { createLedgerStore } from './ledger.store';
import { createMemoryStore } from './memory.store';
import { createProcedureEmbeddingStore } from './procedure-embedding.store';
import { createProcedureStore } from './procedure.store';
import { createRemoteStore } from './remote.store';
import { createRelationStore } from './relation.store';
import { createPreferenceStore } from './preference.store';
import { createSessionStore } from './session.store';
import type { Sql } from './sql';
import { createImportStore } from './transfer/import.store';
import { createRecordStore } from './transfer/record.store';
import { createTreeStore } from './tree.store';
import { createSummaryStore } from './summary.store';
import { createUsageStore } from './usage.store';

/** Every store over one handle: the pool's, or one transaction's, which has no object store (never the network inside). */
export const createStores = (sql: Sql, bus: Bus, bodies?: EventBodies) => ({
  sessions: createSessionStore(sql, bus),
  events: createEventStore(sql, bus, bodies),
  trees: createTreeStore(sql, bus, bodies),
  agents: createAgentStore(sql),
  a2a: createA2AStore(sql, bus),
  remotes: createRemoteStore(sql),
  memories: createMemoryStore(sql),
  procedures: createProcedureStore(sql),
  distillations: createDistillationStore(sql),
  procedureEmbeddings: createProcedureEmbeddingStore(sql),
  banks: createBankStore(sql),
  generations: createGenerationStore(sql),
  embeddings: createEmbeddingStore(sql),
  documents: createDocumentStore(sql),
  leases: createLeaseStore(sql),
  feed: createFeedStore(sql, bus),
  outbox: createJobOutbox(sql, bus),
  jobs: createJobStore(sql, bus),
  idempotency: createIdempotencyStore(sql),
  ledger: createLedgerStore(sql),
  relations: createRelationStore(sql),
  forgettings: createForgettingStore(sql, bus),
  apiKeys: createApiKeyStore(sql),
  usage: createUsageStore(sql),
  summaries: createSummaryStore(sql),
  preferences: createPreferenceStore(sql),
  imports: createImportStore(sql),
  records: createRecordStore(sql, bus, bodies),
});

export type Stores = ReturnType<typeof createStores>;

/** The same stores over a transaction of `sql`. */
export const createTransact = (sql: Sql, bus: Bus): Transact<Stores> => (work) => sql.transact((tx) => work(createStores(tx, bus)));
