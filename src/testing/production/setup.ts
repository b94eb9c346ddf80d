import { migratePostgres } from '../../storage/postgres/migrate';
import { silentLogger } from '../silent-logger';
import { announceTemplate, requirePostgresUrl } from '../services';
import { createDatabase, withDatabase } from './databases';

/** Before all test files: one migrated database, which each file copies in place of migrating its own. */
// eslint-disable-next-line no-restricted-syntax -- jest looks for the default export
export default async function setup(): Promise<void> {
  const url = withDatabase(requirePostgresUrl(), `contextiq_template_${process.pid}`);
  await createDatabase(url);
  await migratePostgres({ url, logger: silentLogger });
  announceTemplate(url);
}
