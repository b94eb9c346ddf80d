import { loadConfig } from './src/config/load';
import { createLogger } from './src/platform/telemetry/logger';
import { PgliteDataSource } from './src/storage/pglite/pglite-data-source';
import { postgresDataSource } from './src/storage/postgres/connection';

const { database, logLevel } = loadConfig();
const logger = createLogger(logLevel);

/** For TypeORM's command line: `npm run build && npx typeorm migration:show -d dist/ormconfig.js`. */
export default database.kind === 'pglite'
  ? new PgliteDataSource({ dataDir: database.dataDir, logger })
  : postgresDataSource({ url: database.url, poolSize: 1, statementTimeoutMs: 0, logger });
