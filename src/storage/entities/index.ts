import type { EntitySchema } from 'typeorm';
import { generationCandidates, generations } from './generations';
import { banks, memories, memoryRevisions, memoryTombstones } from './memories';
import { corpusStats, embeddingCache, lexicon, memoryEmbeddings } from './retrieval';
import { events, sessions, sharedStates } from './sessions';
import { apiKeys, idempotencyKeys, modelUsage, tenants } from './tenancy';
import { feedHead, feedItems, jobs, leases } from './work';

/** One per table of the migrations: what TypeORM knows of the schema, held equal by the drift test. */
export const ENTITIES: EntitySchema[] = [
  tenants, apiKeys, idempotencyKeys, modelUsage,
  sessions, events, sharedStates,
  banks, memories, memoryRevisions, memoryTombstones,
  memoryEmbeddings, embeddingCache, corpusStats, lexicon,
  generations, generationCandidates,
  jobs, leases, feedHead, feedItems,
];
