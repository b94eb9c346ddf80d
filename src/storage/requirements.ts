import type { Sql } from './sql';
import { planned } from './sql';

const MIN_SERVER = 15;
const MIN_VECTOR = [0, 8] as const;

const VERSIONS = planned(
  'requirements.versions',
  `select current_setting('server_version_num')::int / 10000 as server,
     (select coalesce(installed_version, default_version) from pg_available_extensions where name = 'vector') as vector`,
);

/** @throws Error that says what to install when PostgreSQL or pgvector is missing or too old */
export async function checkRequirements(sql: Sql): Promise<void> {
  const [row] = await sql.query<{ server: number; vector: string | null }>(VERSIONS, []);
  if (row === undefined) throw new Error('the database does not tell its version');
  if (row.server < MIN_SERVER) throw new Error(`PostgreSQL ${MIN_SERVER} or later is needed, this server is ${row.server}`);
  const wanted = `the extension pgvector ${MIN_VECTOR.join('.')} or later is needed`;
  if (row.vector === null) throw new Error(`${wanted}, and this server has none: install it on the database's host`);
  const [major = 0, minor = 0] = row.vector.split('.').map(Number);
  if (major < MIN_VECTOR[0] || (major === MIN_VECTOR[0] && minor < MIN_VECTOR[1])) {
    throw new Error(`${wanted}, this server has ${row.vector}: upgrade it, then run "alter extension vector update"`);
  }
}
