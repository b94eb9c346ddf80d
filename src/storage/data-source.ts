import type { DataSourceOptions } from 'typeorm';
import { Initial1763683200000 } from '../../migrations/1763683200000-initial';
import { Objects1763683300000 } from '../../migrations/1763683300000-objects';
import { PoolVersions1763683400000 } from '../../migrations/1763683400000-pool-versions';
import { LargeSearches1763683500000 } from '../../migrations/1763683500000-large-searches';
import { Procedures1763683600000 } from '../../migrations/1763683600000-procedures';
import { Distillation1763683650000 } from '../../migrations/1763683650000-distillation';
import { Agents1763683700000 } from '../../migrations/1763683700000-agents';
import { SessionTrees1763683750000 } from '../../migrations/1763683750000-session-trees';
import { Ledger1763683800000 } from '../../migrations/1763683800000-ledger';
import { Documents1763683900000 } from '../../migrations/1763683900000-documents';
import { Forgetting1763684000000 } from '../../migrations/1763684000000-forgetting';
import { Summaries1763683950000 } from '../../migrations/1763683950000-summaries';
import { Relations1763684100000 } from '../../migrations/1763684100000-relations';
import { Transfer1763684200000 } from '../../migrations/1763684200000-transfer';
import { ContextBlocks1763684300000 } from '../../migrations/1763684300000-context-blocks';
import { RemoteAgents1763684400000 } from '../../migrations/1763684400000-remote-agents';
import { ENTITIES } from './entities';

/** What every connection shares, whatever serves it: the schema and how it is brought up to date. */
export const SCHEMA = {
  type: 'postgres' as const,
  entities: ENTITIES,
  migrations: [
    Initial1763683200000, Objects1763683300000, PoolVersions1763683400000, LargeSearches1763683500000, Procedures1763683600000, Distillation1763683650000,
    Agents1763683700000, SessionTrees1763683750000, Ledger1763683800000, Documents1763683900000, Summaries1763683950000, Forgetting1763684000000, Relations1763684100000,
    Transfer1763684200000, ContextBlocks1763684300000, RemoteAgents1763684400000,
  ],
  // One transaction per migration: a later one may then build an index concurrently, outside of any.
  migrationsTransactionMode: 'each' as const,
  installExtensions: false,
} satisfies DataSourceOptions;
