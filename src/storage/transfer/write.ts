import { memoryTopic } from '../../domain/feed/feed';
import { eventsTopic } from '../../domain/session/event';
import { isEmpty, splitState } from '../../domain/session/state';
import type { RecordKind, RecordOf } from '../../domain/transfer/records';
import type { Prepared } from '../../domain/transfer/transfer.store';
import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';
import type { Bus } from '../../platform/bus/bus.port';
import { createFeedStore } from '../feed.store';
import { createJobOutbox } from '../job-outbox';
import { MARK_ROOTS } from '../session.store';
import { prepared, type Sql, type Statement } from '../sql';
import type { Row } from './rows';
import { columnOf, fieldsOf, identityOf, TABLES } from './tables';

/** Columns that follow from the record's fields. */
const DERIVED: { readonly [Kind in RecordKind]?: readonly string[] } = {
  agent: ['principal_id'],
  session: ['state', 'scope_hash', 'scope_sub'],
  event: ['tsv', 'length'],
  memory: ['fact_hash', 'claim_hash', 'tsv', 'length', 'scope_hash', 'scope_sub'],
  document: ['identity', 'passage_count', 'embedding', 'scope_hash', 'scope_sub'],
  procedure: ['kind', 'content', 'agent_id', 'session_id', 'outcome', 'skill_type', 'text', 'text_hash', 'tsv', 'length', 'scope_hash', 'scope_sub'],
};
/** Fields that are no columns of their table. */
const APART = new Set(['passages', 'versions', 'procedure', 'uses', 'successes', 'lastUsedAt']);

const insertInto = (label: string, table: string, columns: readonly string[], more: readonly (readonly [column: string, value: string])[] = [], source = '', conflict = 'do nothing', returning = ''): Statement => prepared(label, `
  insert into ${table} (tenant_id, ${[...columns, ...more.map(([column]) => column)].join(', ')})
  select $1, ${[...columns.map((column) => `r.${column}`), ...more.map(([, value]) => value)].join(', ')}
  from jsonb_populate_recordset(null::${table}, $2::jsonb) r ${source} on conflict ${conflict}${returning === '' ? '' : ` returning ${returning}`}`);

const columnsOf = (kind: RecordKind): string[] => [
  ...fieldsOf(kind).filter((field) => !APART.has(field)).map(columnOf), ...(DERIVED[kind] ?? []),
];
const INSERT = new Map((Object.keys(TABLES) as RecordKind[]).map((kind) => { // a seam: the table's own keys
  const { table, key } = TABLES[kind];
  const own = key.map(([column]) => `${table}.${column}`).join(', ');
  if (kind === 'event') {
    return [kind, insertInto('transfer.write.event', table, columnsOf(kind), [['scope_hash', 's.scope_hash'], ['scope_sub', 's.scope_sub']], 'join sessions s on s.tenant_id = $1 and s.id = r.session_id', '(tenant_id, session_id, seq) do nothing', own)];
  }
  // Only the untouched `default` is written over: `inspect` says so of no other.
  const conflict = kind === 'bank' ? `(tenant_id, id) do update set config = excluded.config, updated_at = excluded.updated_at where banks.version = 1 and banks.config = '{}'` : undefined;
  return [kind, insertInto(`transfer.write.${kind}`, table, columnsOf(kind), [], '', conflict, own)];
}));

const PUT_PASSAGES = insertInto('transfer.write.passages', 'document_passages', ['id', 'document_id', 'ordinal', 'headings', 'start', '"end"', 'text', 'tokens', 'hash', 'tsv', 'length', 'scope_hash', 'scope_sub']);
const PUT_VERSIONS = insertInto('transfer.write.versions', 'document_versions', ['document_id', 'version', 'title', 'content_hash', 'length', 'passage_count', 'kept_count', 'principal_id', 'created_at']);
const PUT_STATS = insertInto('transfer.write.stats', 'procedure_stats', ['procedure_id', 'uses', 'successes', 'last_used_at']);

const ADVANCE = prepared('transfer.advance', `
  update sessions s set next_seq = t.next_seq, version = s.version + 1, updated_at = greatest(s.updated_at, t.at),
    state = case when t.patches is null then s.state else jsonb_merge_patches(s.state, t.patches) end
  from unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::jsonb[]) as t (id, next_seq, at, patches) where s.tenant_id = $1 and s.id = t.id`);

/** Writes rows that are new, inside the caller's transaction, with what follows from them. @returns of each whether it was written */
export async function writeRecords(sql: Sql, bus: Bus, actor: Actor, kind: RecordKind, items: readonly Prepared[]): Promise<readonly boolean[]> {
  const statement = INSERT.get(kind);
  if (statement === undefined) throw new Error(`no statement writes ${kind}`);
  const inserted = await sql.query<Row>(statement, [actor.tenantId, JSON.stringify(items.map(({ row }) => row))]);
  const keys = new Set(inserted.map((row) => identityOf(kind, row)));
  const written = items.map(({ row }) => keys.has(identityOf(kind, row as Row))); // a seam: `prepare` made it
  const fresh = items.filter((_, index) => written[index]);
  if (fresh.length > 0) await follow(sql, bus, actor, kind, fresh);
  return written;
}

/** Feeds, vectors, parts and counters of rows that were just written. */
async function follow(sql: Sql, bus: Bus, actor: Actor, kind: RecordKind, items: readonly Prepared[]): Promise<void> {
  const rows = items.map(({ row }) => row as Row); // a seam: `prepare` made it
  const put = (target: Statement, some: readonly unknown[]): Promise<object[]> => (some.length === 0 ? Promise.resolve([]) : sql.query(target, [actor.tenantId, JSON.stringify(some)]));
  const parts = (field: string): unknown[] => rows.flatMap((row) => (Array.isArray(row[field]) ? (row[field] as unknown[]) : []));
  const outbox = createJobOutbox(sql, bus);
  const { tenantId } = actor;
  const ids = rows.map((row) => String(row['id']));
  switch (kind) {
    case 'event': return advance(sql, bus, actor, items);
    case 'session': {
      // What came alone with an earlier export may have become the top of a tree since.
      const tops = [...new Set(rows.flatMap(({ id, root_id }) => (typeof root_id !== 'string' || root_id === id ? [] : [root_id])))];
      if (tops.length > 0) await sql.query(MARK_ROOTS, [tenantId, null, tops]);
      return;
    }
    case 'memory':
      await createFeedStore(sql, bus).append(actor, rows.map((row) => ({
        topic: memoryTopic(String(row['scope_hash'])), ref: { memoryId: String(row['id']), revision: Number(row['revision']), action: 'CREATED' },
      })));
      await outbox.enqueue(actor, 'memory.embedding', { tenantId, memoryIds: ids, generationId: null }, 'BULK');
      return;
    case 'procedure':
      await put(PUT_STATS, parts('stats'));
      await outbox.enqueue(actor, 'procedure.embedding', { tenantId, procedureIds: ids }, 'BULK');
      return;
    case 'document':
      await put(PUT_PASSAGES, parts('passages'));
      await put(PUT_VERSIONS, parts('versions'));
      for (const documentId of ids) await outbox.enqueue(actor, 'document.embedding', { tenantId, documentId });
      return;
    default:
  }
}

interface Target {
  nextSeq: number;
  at: string;
  readonly patches: JsonObject[];
}

/** Sessions move on with their events. Shared state has records of its own, so only the session's keys are merged. */
async function advance(sql: Sql, bus: Bus, { tenantId }: Actor, items: readonly Prepared[]): Promise<void> {
  const targets = new Map<string, Target>();
  for (const { sessionId, seq, createdAt, actions } of items.flatMap(({ record }): RecordOf<'event'>[] => (record.kind === 'event' ? [record.value] : []))) {
    const target = targets.get(sessionId) ?? { nextSeq: 0, at: createdAt, patches: [] };
    const { own } = splitState(actions.stateDelta ?? {});
    if (!isEmpty(own)) target.patches.push(own);
    targets.set(sessionId, Object.assign(target, { nextSeq: seq + 1, at: Date.parse(createdAt) > Date.parse(target.at) ? createdAt : target.at }));
  }
  const all = [...targets];
  await sql.query(ADVANCE, [
    tenantId, all.map(([id]) => id), all.map(([, { nextSeq }]) => nextSeq), all.map(([, { at }]) => at),
    all.map(([, { patches }]) => (patches.length === 0 ? null : JSON.stringify(patches))),
  ]);
  sql.afterCommit(() => { for (const [id] of all) bus.notify(eventsTopic(tenantId, id)); });
}
