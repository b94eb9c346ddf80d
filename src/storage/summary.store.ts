import type { Summary, SummaryPoint } from '../domain/summary/summary';
import { textOf } from '../domain/summary/summarizer';
import type { SummaryStore } from '../domain/summary/summary.store';
import type { Scope } from '../kernel/scope';
import { inOrderOf } from './in-order-of';
import { limitHashes, visibleTo } from './scope-limits';
import { EVENTS_NAMESPACE } from './session.store';
import { prepared, type Sql } from './sql';

const COLUMNS = 'session_id, revision, from_seq, to_seq, points, tokens, writer, created_at';
const HISTORY = prepared('summary.historyOfMany', `
  select u.*, s.scope from sessions s cross join lateral (
    select ${COLUMNS} from session_summaries
    where tenant_id = s.tenant_id and session_id = s.id and ($3::int is null or revision < $3) order by revision desc limit $4) u
  where s.tenant_id = $1 and s.id = any ($2::uuid[]) and (s.expires_at is null or s.expires_at > now()) and ($5::bigint[] is null or s.scope_sub && $5)
  order by u.session_id, u.revision desc`);
/** Times are known by the millisecond, as answers give them. */
const AS_OF = prepared('summary.latestAsOf', `
  select u.*, s.scope from sessions s cross join lateral (
    select ${COLUMNS} from session_summaries
    where tenant_id = s.tenant_id and session_id = s.id and to_seq <= $4 and ($3::timestamptz is null or date_trunc('milliseconds', created_at) <= $3)
    order by revision desc limit 1) u
  where s.tenant_id = $1 and s.id = $2 and (s.expires_at is null or s.expires_at > now()) and ($5::bigint[] is null or s.scope_sub && $5)`);
/** The session's row is held, so that it does not go meanwhile. */
const ADD = prepared('summary.add', `
  insert into session_summaries (tenant_id, session_id, revision, from_seq, to_seq, points, tokens, writer)
  select s.tenant_id, s.id, $3, $4, $5, $6, $7, $8 from (select tenant_id, id from sessions where tenant_id = $1 and id = $2 for key share) s
  on conflict do nothing returning revision`);

interface SummaryRow {
  readonly session_id: string;
  readonly revision: number;
  readonly from_seq: string;
  readonly to_seq: string;
  readonly points: readonly SummaryPoint[];
  readonly tokens: number;
  readonly writer: string;
  readonly created_at: Date;
  readonly scope: Scope;
}

export function createSummaryStore(sql: Sql): SummaryStore {
  const historyOfMany: SummaryStore['historyOfMany'] = async (actor, sessionIds, { limit, before }) => {
    const rows = await sql.query<SummaryRow>(HISTORY, [actor.tenantId, sessionIds, before, limit, limitHashes(actor, EVENTS_NAMESPACE)]);
    return inOrderOf(sessionIds, visibleTo(actor, rows), (row) => row.session_id, toSummary);
  };
  return {
    historyOfMany,
    latestOfMany: async (actor, sessionIds) => (await historyOfMany(actor, sessionIds, { limit: 1, before: null })).map(([latest]) => latest ?? null),
    async latestAsOf(actor, sessionId, knownAt, throughSeq) {
      const [row] = visibleTo(actor, await sql.query<SummaryRow>(AS_OF, [actor.tenantId, sessionId, knownAt, throughSeq, limitHashes(actor, EVENTS_NAMESPACE)]));
      return row === undefined ? null : toSummary(row);
    },
    async add(actor, { sessionId, revision, fromSeq, toSeq, points, tokens, writer }) {
      const rows = await sql.query(ADD, [actor.tenantId, sessionId, revision, fromSeq, toSeq, JSON.stringify(points), tokens, writer]);
      return rows.length > 0;
    },
  };
}

const toSummary = (row: SummaryRow): Summary => ({
  sessionId: row.session_id,
  revision: row.revision,
  fromSeq: Number(row.from_seq),
  toSeq: Number(row.to_seq),
  points: row.points,
  text: textOf(row.points),
  tokens: row.tokens,
  writer: row.writer,
  createdAt: row.created_at,
});
