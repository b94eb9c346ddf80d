import { prepared, type Sql } from './sql';

const LIST = prepared('tenant.list', `select id from tenants where id > $1 order by id limit $2`);

/** Ids of tenants after `after`, in order: for work that a process does on behalf of all of them. */
export const listTenants = async (sql: Sql, after: string, limit: number): Promise<string[]> =>
  (await sql.query<{ id: string }>(LIST, [after, limit])).map((row) => row.id);
