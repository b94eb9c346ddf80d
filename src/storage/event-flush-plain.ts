import { notFound, type GatewayError } from '../kernel/errors';
import type { Append, Appended, EventDraft } from '../domain/session/session.store';
import { isEmpty } from '../domain/session/state';
import { placedEvent } from './event-row';
import { prepared, type Sql } from './sql';

/** JSON and lexemes hold no line feed, so that they travel as lines: an array's text would escape every quote, here and there. No lines at all are an empty one. */
const lines = (parameter: string): string => `string_to_array(${parameter}, E'\\n')`;

// Sessions are locked in the order of their ids, before anything is written, like in every other flush.
const APPEND = prepared('event.appendPlain', `
  with locked as materialized (
    select w.target, w.events, w.appends, s.tenant_id, s.id, s.root_id, s.next_seq, s.version, s.scope_hash, s.scope_sub
    from unnest($1::text[], $2::uuid[], $3::int[], $4::int[]) with ordinality as w (tenant_id, id, events, appends, target)
    join sessions s on s.tenant_id = w.tenant_id and s.id = w.id
    where s.expires_at is null or s.expires_at > now()
    order by s.tenant_id, s.id for update of s),
  advanced as (
    update sessions s set next_seq = l.next_seq + l.events, version = l.version + l.appends, updated_at = now()
    from locked l where s.tenant_id = l.tenant_id and s.id = l.id),
  in_tree as (
    insert into tree_appends (tenant_id, session_id, first_seq, last_seq, root_id)
    select tenant_id, id, next_seq, next_seq + events - 1, root_id from locked where root_id is not null),
  added as (
    insert into events (tenant_id, session_id, seq, id, author, author_name, invocation_id, content, actions, metadata, tsv, length, occurred_at, scope_hash, scope_sub)
    select l.tenant_id, l.id, l.next_seq + e.place, e.id, e.author, e.author_name, e.invocation_id, e.content, coalesce(e.actions, '{}'), coalesce(e.metadata, '{}'), coalesce(e.tsv, ''), e.length, e.occurred_at, l.scope_hash, l.scope_sub
    from unnest($5::bigint[], $6::int[], $7::uuid[], $8::text[], $9::text[], $10::text[], ${lines('$11')}::jsonb[], ${lines('$12')}::jsonb[], ${lines('$13')}::jsonb[], ${lines('$14')}::tsvector[], $15::int[], $16::timestamptz[])
      as e (target, place, id, author, author_name, invocation_id, content, actions, metadata, tsv, length, occurred_at)
    join locked l on l.target = e.target)
  select target, next_seq, root_id, now() as now from locked`);

interface Advanced {
  readonly target: string;
  readonly next_seq: string;
  readonly root_id: string | null;
  readonly now: Date;
}

/** A session with what this flush adds to it. `number` counts from 1, like SQL. */
interface Target {
  readonly number: number;
  readonly append: Append;
  readonly drafts: EventDraft[];
  appends: number;
}

/** Nothing but events: no key to claim, no version or limit to check, no state to merge, no object to refer to. */
export const isPlain = ({ actor, idempotency, expectedVersion, events }: Append): boolean =>
  idempotency === null && expectedVersion === null && actor.scopeLimits.length === 0
  && events.every(({ delta, outside }) => outside === undefined && isEmpty(delta.own) && isEmpty(delta.user) && isEmpty(delta.app));

/** A flush of plain appends, in one statement that is a transaction of its own. `inTree` is called when some of it waits to be stamped. */
export async function flushPlain(sql: Sql, appends: readonly Append[], inTree: () => void): Promise<(Appended | GatewayError)[]> {
  const targets = new Map<string, Target>();
  const places = appends.map((append) => {
    const key = `${append.actor.tenantId} ${append.sessionId}`;
    const target = targets.get(key) ?? { number: targets.size + 1, append, drafts: [], appends: 0 };
    targets.set(key, target);
    target.appends += 1;
    return { target, first: target.drafts.push(...append.events) - append.events.length };
  });
  const all = [...targets.values()];
  const rows = await sql.query<Advanced>(APPEND, [
    all.map(({ append }) => append.actor.tenantId), all.map(({ append }) => append.sessionId), all.map(({ drafts }) => drafts.length), all.map((target) => target.appends),
    ...columnsOf(all),
  ]);
  if (rows.some(({ root_id }) => root_id !== null)) inTree();
  const advanced = new Map(rows.map((row) => [Number(row.target), row]));
  return appends.map((append, index) => {
    const place = places[index];
    const row = advanced.get(place?.target.number ?? 0);
    if (place === undefined || row === undefined) return notFound('session', append.sessionId);
    const seq = Number(row.next_seq) + place.first;
    return { events: append.events.map((draft, offset) => placedEvent(draft, append.sessionId, seq + offset, row.now)), replayed: false };
  });
}

function columnsOf(targets: readonly Target[]): unknown[] {
  const [numbers, places, drafts]: [number[], number[], EventDraft[]] = [[], [], []];
  for (const target of targets) {
    for (const [place, draft] of target.drafts.entries()) {
      numbers.push(target.number);
      places.push(place);
      drafts.push(draft);
    }
  }
  const column = <T>(pick: (draft: EventDraft) => T): T[] => drafts.map(pick);
  return [
    list(numbers), list(places), list(column(({ id }) => id)), list(column(({ author }) => author)),
    unlessEmpty(column(({ authorName }) => authorName)), unlessEmpty(column(({ invocationId }) => invocationId)),
    column(({ json }) => json.content).join('\n'), unlessPlain(column(({ json }) => json.actions)), unlessPlain(column(({ json }) => json.metadata)),
    column(({ tsv }) => tsv).join('\n'), list(column(({ length }) => length)), times(column(({ occurredAt }) => occurredAt)),
  ];
}

/** An array's text, of words that need no quotes: the driver would look every one through. */
const list = (words: readonly (string | number)[]): string => `{${words.join(',')}}`;
/** Most events happened now, by one clock. Years of other than four digits are left to the driver. */
function times(dates: readonly Date[]): string | readonly Date[] {
  const [first] = dates;
  if (first === undefined || !dates.every((date) => date === first)) return dates;
  const text = first.toISOString();
  return text.length === ISO_LENGTH && !text.startsWith('0000') ? list(dates.map(() => text)) : dates;
}
const ISO_LENGTH = 24;

/** Columns of nulls are filled up by `unnest`. */
const unlessEmpty = (values: readonly (string | null)[]): readonly (string | null)[] | null => (values.some((value) => value !== null) ? values : null);
const unlessPlain = (jsons: readonly string[]): string | null => (jsons.some((json) => json !== '{}') ? jsons.join('\n') : null);
