import type { ArchiveStore } from '../domain/session/archive.store';
import type { ArchivedEvent } from '../domain/session/event-body';
import type { ObjectStore } from '../platform/objects/objects.port';
import { bodiesIn, MAX_OBJECT_BYTES, once, packSegment, readText } from './event-bodies';
import { toEvent, type EventRow } from './event-row';
import { EVENT_TEXT } from './event-text.sql';
import { announceObjects, confirmObjects, objectName } from './object-ledger';
import { prepared, type Sql } from './sql';

const LIVE = '(s.expires_at is null or s.expires_at > now())';

/** Walks the primary key: an index on the last change would cost every append its cheap update. */
const QUIET = prepared('archive.quiet', `
  select s.id, s.archived_seq, s.next_seq from sessions s
  where s.tenant_id = $1 and ($2::uuid is null or s.id > $2) and s.archived_seq < s.next_seq - 1
    and s.updated_at < now() - make_interval(secs => $3::float8 * 86400) and ${LIVE}
  order by s.id limit $4`);

const READ = prepared('archive.read', `
  select e.id, e.session_id, e.seq, e.author, e.author_name, e.invocation_id, e.content, e.actions, e.metadata, e.occurred_at, e.created_at, e.body,
    ${EVENT_TEXT} as text, octet_length(e.content::text) + octet_length(e.actions::text) as size
  from events e where e.tenant_id = $1 and e.session_id = $2 and e.seq >= $3 and e.seq <= $4 and e.body is null order by e.seq limit $5`);

const LOCK = prepared('archive.lock', `select s.next_seq from sessions s where s.tenant_id = $1 and s.id = $2 and ${LIVE} for update`);

const EMPTY = prepared('archive.empty', `
  update events set body = $4, content = '[]', actions = case when actions ? 'stateDelta' then '{"stateDelta": null}' else '{}' end::jsonb
  where tenant_id = $1 and session_id = $2 and seq = any ($3::bigint[]) and body is null returning seq`);

const SETTLE = prepared('archive.settle', `
  update sessions set archived_seq = greatest(archived_seq, $3) where tenant_id = $1 and id = $2 and next_seq = $4`);

export function createArchiveStore(sql: Sql, objects: ObjectStore): ArchiveStore {
  /** @throws Error when what is there is not what was written */
  const writeAndRead = async (tenantId: string, key: string, bytes: Buffer, events: readonly ArchivedEvent[]): Promise<void> => {
    const name = objectName(tenantId, key);
    await objects.put(name, once(bytes), MAX_OBJECT_BYTES);
    const back = bodiesIn(key, await readText(objects, name, key), new Set(events.map(({ seq }) => seq)));
    if (back.size !== events.length) throw new Error(`the archive ${key} does not read back`);
  };

  return {
    async quiet(actor, days, afterId, limit) {
      const rows = await sql.query<{ id: string; archived_seq: string; next_seq: string }>(QUIET, [actor.tenantId, afterId, days, limit]);
      return rows.map((row) => ({ id: row.id, fromSeq: Number(row.archived_seq) + 1, lastSeq: Number(row.next_seq) - 1 }));
    },

    async read(actor, { id, lastSeq }, fromSeq, bounds) {
      const rows = await sql.query<EventRow & { text: string; size: number }>(READ, [actor.tenantId, id, fromSeq, lastSeq, bounds.events]);
      let size = 0;
      const fitting = rows.filter((row, index) => (size += row.size) <= bounds.bytes || index === 0);
      return fitting.map((row) => ({ ...toEvent(row), text: row.text }));
    },

    async replace(actor, session, events) {
      const { key, bytes } = await packSegment(session.id, events);
      if (!(await announceObjects(sql, actor.tenantId, [key])).has(key)) return 'unchanged';
      await writeAndRead(actor.tenantId, key, bytes, events);
      return sql.transact(async (tx) => {
        const [locked] = await tx.query<{ next_seq: string }>(LOCK, [actor.tenantId, session.id]);
        if (locked === undefined || Number(locked.next_seq) !== session.lastSeq + 1) return 'unchanged';
        if (!(await confirmObjects(tx, [[actor.tenantId, key]]))(actor.tenantId, key)) return 'unchanged';
        const emptied = await tx.query(EMPTY, [actor.tenantId, session.id, events.map(({ seq }) => seq), key]);
        if (emptied.length !== events.length) throw new Error(`the events of the archive ${key} are not those of its session`);
        return 'archived';
      });
    },

    async settle(actor, session, seq) {
      await sql.query(SETTLE, [actor.tenantId, session.id, seq, session.lastSeq + 1]);
    },
  };
}
