import type { EventBodies } from '../../domain/session/event-body';
import { toLine } from '../../domain/transfer/parse-record';
import { RECORD_KINDS, type RecordKind } from '../../domain/transfer/records';
import type { RecordStore } from '../../domain/transfer/transfer.store';
import { badInput } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import type { JsonObject } from '../../kernel/json';
import { isStorableText } from '../../kernel/scope';
import type { Bus } from '../../platform/bus/bus.port';
import { noBodies, twiceWhenGone } from '../event-bodies';
import { FEED_PENDING } from '../feed.store';
import { planned, prepared, type Sql, type Statement } from '../sql';
import { inspectRecords } from './inspect';
import { toRow } from './rows';
import { columnOf, fieldsOf, TABLES } from './tables';
import { writeRecords } from './write';

/**
 * `$2`: the key after which to go on, `$3`: what was made by then, `$4`: how many. From the first on, and from a key on, are two statements:
 * in one, a plan for both would walk the index from its beginning for every page.
 */
function readStatement(kind: RecordKind, isNext: boolean): Statement {
  const { table, key, visible, madeAt, computed = {} } = TABLES[kind];
  const columns = [...fieldsOf(kind).map((field) => `${computed[field] ?? `r.${columnOf(field)}`} as "${field}"`), ...(kind === 'event' ? ['r.body'] : [])];
  const own = key.map(([column]) => `r.${column}`).join(', ');
  const after = key.map(([, type], index) => `($2::text[])[${index + 1}]::${type}`).join(', ');
  return prepared(`transfer.read.${kind}${isNext ? '.next' : ''}`, `
    select to_jsonb(t) as record, array[${key.map(([column]) => `"key_${column}"::text`).join(', ')}] as key from (
      select ${columns.join(', ')}, ${key.map(([column]) => `r.${column} as "key_${column}"`).join(', ')} from ${table} r
      where r.tenant_id = $1 and ${visible} and ${madeBy(madeAt)} and ${isNext ? `(${own}) > (${after})` : '$2::text[] is null'}
      order by ${own} limit $4) t`);
}
/** What bears a time yet to come was brought in with it. */
const madeBy = (madeAt: string | null): string => (madeAt === null ? '$3::timestamptz is not null' : `(r.${madeAt} <= $3 or r.${madeAt} > now())`);
const statements = (isNext: boolean): ReadonlyMap<RecordKind, Statement> => new Map(RECORD_KINDS.map((kind) => [kind, readStatement(kind, isNext)]));
const [FIRST, NEXT] = [statements(false), statements(true)];

const MOMENT = prepared('transfer.moment', 'select to_jsonb(now()) as moment');

const PLACE = planned('transfer.placeInTrees', `
  insert into tree_appends (tenant_id, session_id, first_seq, last_seq, root_id, created_at)
  select e.tenant_id, e.session_id, e.seq, e.seq, s.root_id, e.created_at from sessions s
  join events e on e.tenant_id = s.tenant_id and e.session_id = s.id
  where s.tenant_id = $1 and s.root_id is not null
    and not exists (select from tree_appends a where a.tenant_id = e.tenant_id and a.session_id = e.session_id and e.seq between a.first_seq and a.last_seq)
  order by e.created_at, e.session_id, e.seq limit $2 on conflict do nothing returning session_id`);

const KEY_PART = { uuid: isUuid, bigint: (part: string) => /^\d{1,15}$/.test(part), int: (part: string) => /^\d{1,9}$/.test(part), text: isStorableText } as const;

interface ReadRow {
  readonly record: JsonObject & { readonly body?: string | null; readonly seq?: number };
  readonly key: readonly string[];
}

export function createRecordStore(sql: Sql, bus: Bus, bodies: EventBodies = noBodies): RecordStore {
  return {
    async moment() {
      const [row] = await sql.query<{ moment: string }>(MOMENT, []);
      if (row === undefined) throw new Error('the database has no time');
      return row.moment;
    },

    async read(actor, kind, { after, until, limit }) {
      const { key } = TABLES[kind];
      if (after !== null && (after.length !== key.length || !key.every(([, type], index) => KEY_PART[type](after[index] ?? '')))) {
        throw badInput('after', 'this is no cursor of an export', 'BAD_CURSOR');
      }
      return twiceWhenGone(async () => {
        const statement = (after === null ? FIRST : NEXT).get(kind) ?? readStatement(kind, after !== null);
        const rows = await sql.query<ReadRow>(statement, [actor.tenantId, after, until, limit]);
        const outside = await bodies.load(actor.tenantId, rows.map(({ record }) => ({ seq: record.seq ?? 0, key: record.body ?? null })));
        return rows.map(({ record, key: own }, index) => ({ line: toLine(kind, withoutOwnKeys(record, outside[index] ?? {})), key: own }));
      });
    },

    prepare: (actor, record) => ({ kind: record.kind, row: toRow(actor, record), record }),
    inspect: (actor, kind, items, imagined) => inspectRecords(sql, actor, kind, items, imagined),
    write: (actor, kind, items) => writeRecords(sql, bus, actor, kind, items),

    async placeInTrees({ tenantId }, limit) {
      const placed = (await sql.query(PLACE, [tenantId, limit])).length;
      if (placed > 0) sql.afterCommit(() => { bus.notify(FEED_PENDING); });
      return placed;
    },
  };
}

/** The columns beside the record's own fields go; a body from outside takes the place of what stands for it. */
function withoutOwnKeys(record: ReadRow['record'], body: { readonly content?: unknown; readonly actions?: unknown }): object {
  const fields = Object.entries(record).filter(([field]) => !field.startsWith('key_') && field !== 'body');
  return { ...Object.fromEntries(fields), ...('content' in body ? { content: body.content, actions: body.actions } : {}) };
}
