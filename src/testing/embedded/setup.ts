import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PgliteDataSource } from '../../storage/pglite/pglite-data-source';
import { announceImage } from '../services';
import { silentLogger } from '../silent-logger';

/** Before all test files: one migrated database, which each file starts with a copy of in place of making and migrating its own. */
// eslint-disable-next-line no-restricted-syntax -- jest looks for the default export
export default async function setup(): Promise<void> {
  const dataSource = new PgliteDataSource({ dataDir: null, logger: silentLogger });
  await dataSource.initialize();
  await dataSource.runMigrations();
  // Two thirds of the files, which every copy would unpack.
  await dataSource.query('update pg_database set datistemplate = false');
  for (const unused of ['template0', 'template1']) await dataSource.query(`drop database ${unused}`);
  const file = join(await mkdtemp(join(tmpdir(), 'contextiq-test-')), 'image.tar');
  await writeFile(file, await dataSource.image());
  await dataSource.destroy();
  announceImage(file);
}
