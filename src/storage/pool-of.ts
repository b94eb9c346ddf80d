import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** TypeORM's own pool: the hot statements run on it directly. */
export function poolOf(dataSource: DataSource): Pool {
  const { driver } = dataSource;
  if (!('master' in driver)) throw new Error('the data source has no pool');
  return driver.master as Pool;
}
