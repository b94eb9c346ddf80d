import { planned, type Sql } from '../../storage/sql';

const TABLES = planned('test.tables', `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);

/** How many rows each table holds. */
export async function countRows(sql: Sql): Promise<Record<string, number>> {
  const tables = await sql.query<{ name: string }>(TABLES, []);
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`).join(' union all ');
  const found = await sql.query<{ name: string; rows: number }>(planned('test.rows', counts), []);
  return Object.fromEntries(found.map(({ name, rows }) => [name, rows]));
}
