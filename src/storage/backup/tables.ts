import type { PoolClient } from 'pg';
import { unavailable } from '../../kernel/errors';
import { ENTITIES } from '../entities';

/** Called after each batch of rows. */
export type Progress = (table: string, rows: number) => void;

export interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Not the versions of pools: triggers make them anew from what is restored. */
const NAMES = ENTITIES.map(({ options }) => options.tableName ?? options.name).filter((name) => name !== 'pool_versions');

const COLUMNS = `
  select c.relname as name, json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname = any ($1::text[])
  group by c.relname order by c.relname`;

const PARENTS = `
  select child.relname as child, parent.relname as parent from pg_constraint k
  join pg_class child on child.oid = k.conrelid join pg_class parent on parent.oid = k.confrelid
  where k.contype = 'f' and child.relname = any ($1::text[]) and child.oid <> parent.oid`;

/** This program's tables, each after those that it refers to. @throws GatewayError UNAVAILABLE (SCHEMA_OUTDATED) when one is missing */
export async function tablesOf(client: PoolClient): Promise<Table[]> {
  const { rows: tables } = await client.query<Table>(COLUMNS, [NAMES]);
  const { rows: [recorded] } = await client.query<{ there: boolean }>(`select to_regclass('migrations') is not null as there`);
  if (tables.length < NAMES.length || recorded?.there !== true) throw unavailable('the database has not all tables of this version: run "npm run migrate" first', 'SCHEMA_OUTDATED');
  const { rows: parents } = await client.query<{ child: string; parent: string }>(PARENTS, [NAMES]);
  const placed = new Map<string, Table>();
  while (placed.size < tables.length) {
    const ready = tables.filter(({ name }) => !placed.has(name) && parents.every(({ child, parent }) => child !== name || placed.has(parent)));
    if (ready.length === 0) throw new Error('tables refer to each other in a circle');
    for (const table of ready) placed.set(table.name, table);
  }
  return [...placed.values()];
}

export async function migrationsOf(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from migrations order by id');
  return rows.map(({ name }) => name);
}

/** Names come from the catalog; quoted all the same. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
