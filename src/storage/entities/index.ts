import type { EntitySchema } from 'typeorm';
import { a2aMessages, a2aTasks, agents } from './agents';
import { documentPassages, documents, documentVersions, passageEmbeddings } from './documents';
import { forgettings, forgettingSources } from './forgetting';
import { generationCandidates, generations } from './generations';
import { ledgerEntries, ledgerHeads, ledgerRecords } from './ledger';
import { banks, memories, memoryRevisions, memoryTombstones } from './memories';
import { distillations, procedureCandidates, procedureEmbeddings, procedureRevisions, procedures, procedureStats, procedureTombstones, procedureUses } from './procedures';
import { corpusStats, embeddingCache, lexicon, memoryEmbeddings, poolVersions } from './retrieval';
import { events, objects, sessions, sessionSummaries, sharedStates, treeAppends } from './sessions';
import { importParts, imports } from './transfer';
import { apiKeys, idempotencyKeys, modelUsage, tenants } from './tenancy';
import { feedHead, feedItems, jobs, leases } from './work';

/** One per table of the migrations: what TypeORM knows of the schema, held equal by the drift test. */
export const ENTITIES: EntitySchema[] = [
  tenants, apiKeys, idempotencyKeys, modelUsage,
  objects, sessions, events, sharedStates, treeAppends, sessionSummaries,
  agents, a2aTasks, a2aMessages,
  banks, memories, memoryRevisions, memoryTombstones,
  memoryEmbeddings, embeddingCache, corpusStats, lexicon, poolVersions,
  procedures, procedureRevisions, procedureStats, procedureUses, procedureEmbeddings, procedureTombstones,
  documents, documentPassages, passageEmbeddings, documentVersions,
  distillations, procedureCandidates,
  generations, generationCandidates,
  jobs, leases, feedHead, feedItems,
  ledgerHeads, ledgerEntries, ledgerRecords,
  forgettings, forgettingSources,
  imports, importParts,
];
