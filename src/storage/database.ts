import type { Database } from './database-type';
import { openPglite, type PgliteOptions } from './pglite/open';

export type { Database } from './database-type';
export type DatabaseOptions = { readonly kind: 'pglite' } & PgliteOptions;

/**
 * Opens the database, migrated to this version's schema.
 * @throws GatewayError UNAVAILABLE (DATA_DIRECTORY_IN_USE) when another process has the directory; Error when the
 *   server or its vector extension is too old
 */
export const openDatabase = (options: DatabaseOptions): Promise<Database> => openPglite(options);
