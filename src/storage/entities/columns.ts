import type { EntitySchemaColumnOptions, EntitySchemaOptions } from 'typeorm';

type Column = EntitySchemaColumnOptions;

/** The types of the schema's columns, named as the migrations name them. */
export const text: Column = { type: 'text' };
/** Text that identifies: ordered by bytes, so that no library upgrade reorders its indexes. */
export const key: Column = { type: 'text', collation: 'C' };
export const uuid: Column = { type: 'uuid' };
export const smallint: Column = { type: 'smallint' };
export const int: Column = { type: 'int' };
export const bigint: Column = { type: 'bigint' };
export const real: Column = { type: 'real' };
export const bool: Column = { type: 'boolean' };
export const bytea: Column = { type: 'bytea' };
export const jsonb: Column = { type: 'jsonb' };
export const tsvector: Column = { type: 'tsvector' };
export const vector: Column = { type: 'vector' };
export const date: Column = { type: 'date' };
export const timestamptz: Column = { type: 'timestamptz' };

export const array = (column: Column): Column => ({ ...column, array: true });
export const nullable = (column: Column): Column => ({ ...column, nullable: true });
export const primary = (column: Column): Column => ({ ...column, primary: true });
/** A number, or an expression in SQL: `now()`, `'{}'`. */
export const defaulted = (column: Column, value: number | string): Column => ({
  ...column,
  default: typeof value === 'number' ? value : () => value,
});

type ForeignKeys = NonNullable<EntitySchemaOptions<unknown>['foreignKeys']>;

/** A reference that keeps what it refers to from being deleted, with the name PostgreSQL gives it. */
export const references = (table: string, columns: readonly string[], target: string, targetColumns: readonly string[]): ForeignKeys[number] => ({
  name: `${table}_${columns.join('_')}_fkey`,
  target,
  columnNames: [...columns],
  referencedColumnNames: [...targetColumns],
});

/** A reference that takes its rows along. */
export const cascade = (...reference: Parameters<typeof references>): ForeignKeys[number] => ({ ...references(...reference), onDelete: 'CASCADE' });

export const ofTenant = (table: string): ForeignKeys[number] => cascade(table, ['tenant_id'], 'tenants', ['id']);

type Index = NonNullable<EntitySchemaOptions<unknown>['indices']>[number];

export const index = (name: string, columns: readonly string[], where?: string): Index => ({
  name,
  columns: [...columns],
  ...(where === undefined ? {} : { where }),
});
export const unique = (name: string, columns: readonly string[], where?: string): Index => ({ ...index(name, columns, where), unique: true });
/** TypeORM writes no GIN or HNSW: it has to leave these alone, or it would drop them. */
export const handMade = (name: string): Index => ({ name, synchronize: false });
