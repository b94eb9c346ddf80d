import type { Event } from '../domain/session/event';
import type { EventBodies } from '../domain/session/event-body';
import type { Actor } from '../kernel/actor';
import { twiceWhenGone } from './event-bodies';
import { toEvent, type EventRow } from './event-row';
import { visibleTo } from './scope-limits';
import type { Sql, Statement } from './sql';

/** Columns of `EventRow` where the events are `e` and the scope is that of `session`. */
export const eventColumns = (session = 's'): string =>
  `e.id, e.session_id, e.seq, e.author, e.author_name, e.invocation_id, e.content, e.actions, e.metadata, e.occurred_at, e.created_at, e.body, ${session}.scope`;

/** A session, under this alias, that is the tenant's ($1), not expired, and within the actor's limits ($2). */
export const visibleSession = (session = 's'): string =>
  `${session}.tenant_id = $1 and (${session}.expires_at is null or ${session}.expires_at > now()) and ($2::bigint[] is null or ${session}.scope_sub && $2)`;

export interface ReadEvent<Row> {
  readonly row: Row;
  readonly event: Event;
}

/** The visible rows of a statement, each with its event, whose body may be in an object. */
export const createEventReader = (sql: Sql, bodies: EventBodies) =>
  <Row extends EventRow>(actor: Actor, statement: Statement, values: readonly unknown[]): Promise<readonly ReadEvent<Row>[]> =>
    twiceWhenGone(async () => {
      const rows = visibleTo(actor, await sql.query<Row>(statement, values));
      const outside = await bodies.load(actor.tenantId, rows.map((row) => ({ seq: Number(row.seq), key: row.body })));
      return rows.map((row, index) => ({ row, event: toEvent(row, outside[index] ?? row) }));
    });
