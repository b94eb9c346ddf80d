import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Format, Import, ImportStatus, Problem, RecordCount } from '../../domain/transfer/transfer';
import type { ImportStore } from '../../domain/transfer/transfer.store';
import type { JsonObject } from '../../kernel/json';
import type { Scope } from '../../kernel/scope';
import { prepared, type Sql } from '../sql';

const inflate = promisify(gunzip);
const deflate = promisify(gzip);
const MAX_PART_BYTES = 4 * 1024 * 1024;

const COLUMNS = 'i.id, i.format, i.scope, i.bank_id, i.mapping, i.dry_run, i.status, i.parts, i.bytes, i.parts_read, i.done, i.counts, i.problems, i.error, i.created_at, i.updated_at, i.finished_at';
const INSERT = prepared('import.insert', `
  insert into imports (tenant_id, id, format, scope, bank_id, mapping, dry_run, status, principal_id) values ($1, $2, $3, $4, $5, $6, $7, 'UPLOADING', $8)`);
const ONE = `select ${COLUMNS} from imports i where i.tenant_id = $1 and i.id = $2`;
const GET = prepared('import.get', ONE);
const LOCK = prepared('import.lock', `${ONE} for update`);
const LIST = prepared('import.list', `select ${COLUMNS} from imports i where i.tenant_id = $1 and ($2::uuid is null or i.id < $2) order by i.id desc limit $3 offset $4`);
const OPEN = prepared('import.open', `select count(*)::int as n from imports where tenant_id = $1 and status in ('UPLOADING', 'PENDING', 'PROCESSING')`);
const CHANGE = prepared('import.change', `
  update imports set status = coalesce($3, status), parts_read = coalesce($4, parts_read), done = coalesce($5, done), counts = coalesce($6::jsonb, counts),
    problems = coalesce($7::jsonb, problems), error = case when $8 then $9 else error end, updated_at = now(),
    finished_at = case when $3 in ('COMPLETED', 'CANCELED') then now() else finished_at end
  where tenant_id = $1 and id = $2`);
const ADD_PART = prepared('import.addPart', `
  with added as (insert into import_parts (tenant_id, import_id, part, hash, body) values ($1, $2, $3, $4, $5) on conflict do nothing returning part)
  update imports set parts = parts + 1, bytes = bytes + $6, updated_at = now() where tenant_id = $1 and id = $2 and exists (select from added) returning id`);
const HASH = prepared('import.partHash', 'select hash from import_parts where tenant_id = $1 and import_id = $2 and part = $3');
const READ_PART = prepared('import.readPart', 'select body from import_parts where tenant_id = $1 and import_id = $2 and part = $3');
const DROP_PARTS = prepared('import.dropParts', 'delete from import_parts where tenant_id = $1 and import_id = $2');
const SWEEP = prepared('import.sweep', `
  delete from imports where (tenant_id, id) in (
    select tenant_id, id from imports where tenant_id = $1 and (updated_at < now() - interval '30 days' or (status in ('UPLOADING', 'FAILED') and updated_at < now() - interval '1 day')) limit $2)
  returning id`);

interface ImportRow {
  readonly id: string;
  readonly format: Format;
  readonly scope: Scope | null;
  readonly bank_id: string;
  readonly mapping: JsonObject | null;
  readonly dry_run: boolean;
  readonly status: ImportStatus;
  readonly parts: number;
  readonly bytes: string;
  readonly parts_read: number;
  readonly done: string;
  readonly counts: readonly RecordCount[];
  readonly problems: readonly Problem[];
  readonly error: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
}

const jsonOf = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

export function createImportStore(sql: Sql): ImportStore {
  const one = async (statement: typeof GET, tenantId: string, id: string): Promise<Import | null> => {
    const [row] = await sql.query<ImportRow>(statement, [tenantId, id]);
    return row === undefined ? null : toImport(row);
  };
  return {
    async insert({ tenantId, principalId }, { id, format, scope, bankId, mapping, dryRun }) {
      await sql.query(INSERT, [tenantId, id, format, jsonOf(scope), bankId, jsonOf(mapping), dryRun, principalId]);
    },
    get: ({ tenantId }, id) => one(GET, tenantId, id),
    lock: ({ tenantId }, id) => one(LOCK, tenantId, id),
    list: async ({ tenantId }, { limit, offset, before }) => (await sql.query<ImportRow>(LIST, [tenantId, before, limit, offset])).map(toImport),
    open: async ({ tenantId }) => (await sql.query<{ n: number }>(OPEN, [tenantId]))[0]?.n ?? 0,
    async change({ tenantId }, id, { status, partsRead, done, counts, problems, error }) {
      await sql.query(CHANGE, [tenantId, id, status, partsRead, done, jsonOf(counts), jsonOf(problems), error !== undefined, error]);
    },
    async addPart({ tenantId }, id, part, text) {
      const hash = createHash('sha256').update(text).digest();
      const added = await sql.query(ADD_PART, [tenantId, id, part, hash, await deflate(text), Buffer.byteLength(text)]);
      if (added.length > 0) return true;
      const [there] = await sql.query<{ hash: Buffer }>(HASH, [tenantId, id, part]);
      return there?.hash.equals(hash) ?? false;
    },
    async readPart({ tenantId }, id, part) {
      const [row] = await sql.query<{ body: Buffer }>(READ_PART, [tenantId, id, part]);
      return row === undefined ? null : (await inflate(row.body, { maxOutputLength: MAX_PART_BYTES })).toString('utf8');
    },
    async dropParts({ tenantId }, id) {
      await sql.query(DROP_PARTS, [tenantId, id]);
    },
    sweep: async ({ tenantId }, limit) => (await sql.query(SWEEP, [tenantId, limit])).length,
  };
}

const toImport = (row: ImportRow): Import => ({
  id: row.id,
  format: row.format,
  scope: row.scope,
  bankId: row.bank_id,
  mapping: row.mapping,
  dryRun: row.dry_run,
  status: row.status,
  parts: row.parts,
  bytes: Number(row.bytes),
  partsRead: row.parts_read,
  done: Number(row.done),
  counts: row.counts,
  problems: row.problems,
  error: row.error,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  finishedAt: row.finished_at,
});
