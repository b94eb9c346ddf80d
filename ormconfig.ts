import { loadConfig } from './src/config/load';
import { createLogger } from './src/platform/telemetry/logger';
import { PgliteDataSource } from './src/storage/pglite/pglite-data-source';

const { database, logLevel } = loadConfig();

/** For TypeORM's command line: `npm run build && npx typeorm migration:show -d dist/ormconfig.js`. */
export default new PgliteDataSource({ dataDir: database.dataDir, logger: createLogger(logLevel) });
