import type { DataSource } from 'typeorm';
import { openTestDatabase } from '../testing/database';
import type { Database } from './database';
import { planned } from './sql';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const changesWanted = async (dataSource: DataSource): Promise<string[]> => {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
};
const names = async (text: string): Promise<string[]> =>
  (await database.query<{ name: string }>(planned('drift.names', text), [])).map(({ name }) => name).sort();

test('the migrations make exactly the schema that the entities describe', async () => {
  expect(await changesWanted(database.dataSource)).toEqual([]);
});

test('every table has an entity', async () => {
  const tables = await names(`select tablename as name from pg_tables where schemaname = 'public'`);
  const described = database.dataSource.entityMetadatas.map(({ tableName }) => tableName);
  expect(tables).toEqual([...described, 'migrations'].sort());
});

test('every index that TypeORM has to leave alone exists', async () => {
  const existing = await names(`select indexname as name from pg_indexes where schemaname = 'public'`);
  const handMade = database.dataSource.entityMetadatas.flatMap(({ indices }) => indices.filter((index) => !index.synchronize));
  expect(handMade.length).toBeGreaterThan(0);
  expect(existing).toEqual(expect.arrayContaining(handMade.map(({ name }) => name)));
});

test.each([
  ['a column that only the database has', 'alter table sessions add column surplus int', 'alter table sessions drop column surplus'],
  ['an index that only the database has', 'create index surplus on sessions (created_at)', 'drop index surplus'],
  ['another type', 'alter table jobs alter column attempts type bigint', 'alter table jobs alter column attempts type int'],
  ['another default', `alter table jobs alter column attempts set default 7`, `alter table jobs alter column attempts set default 0`],
  ['another collation', 'alter table sessions alter column user_id type text collate "default"', 'alter table sessions alter column user_id type text collate "C"'],
  ['an unwanted null', 'alter table events alter column length drop not null', 'alter table events alter column length set not null'],
  ['a lost index', 'drop index sessions_user', 'create index sessions_user on sessions (tenant_id, user_id, id)'],
])('%s is noticed', async (_, change, undo) => {
  await database.dataSource.query(change);
  expect(await changesWanted(database.dataSource)).not.toEqual([]);
  await database.dataSource.query(undo);
  expect(await changesWanted(database.dataSource)).toEqual([]);
});
