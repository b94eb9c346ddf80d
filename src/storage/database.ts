import type { Database } from './database-type';
import type { PgliteOptions } from './pglite/open';
import type { PostgresOptions } from './postgres/open';

export type { Database } from './database-type';
export type DatabaseOptions = ({ readonly kind: 'pglite' } & PgliteOptions) | ({ readonly kind: 'postgres' } & PostgresOptions);

/**
 * Opens the database, migrated to this version's schema. Only the engine that is asked for is loaded.
 * @throws GatewayError UNAVAILABLE when the database cannot serve, with a reason and what to do about it: another process
 *   has the directory (DATA_DIRECTORY_IN_USE), nothing answers, a wrong password, a server or an extension that is too old
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  switch (options.kind) {
    case 'pglite': return (await import('./pglite/open')).openPglite(options);
    case 'postgres': return (await import('./postgres/open')).openPostgres(options);
  }
}
