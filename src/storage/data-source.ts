import type { DataSourceOptions } from 'typeorm';
import { Initial1763683200000 } from '../../migrations/1763683200000-initial';
import { ENTITIES } from './entities';

/** What every connection shares, whatever serves it: the schema and how it is brought up to date. */
export const SCHEMA = {
  type: 'postgres' as const,
  entities: ENTITIES,
  migrations: [Initial1763683200000],
  // One transaction per migration: a later one may then build an index concurrently, outside of any.
  migrationsTransactionMode: 'each' as const,
  installExtensions: false,
} satisfies DataSourceOptions;
