import { mayTouch } from '../kernel/actor';
import { badInput, conflict, GatewayError, notFound } from '../kernel/errors';
import type { JsonObject } from '../kernel/json';
import type { Scope } from '../kernel/scope';
import { requireSameBody } from '../domain/idempotency/idempotency';
import type { Event } from '../domain/session/event';
import type { OutsideBody } from '../domain/session/event-body';
import type { Append, Appended, EventDraft } from '../domain/session/session.store';
import { isEmpty, requireSharedWrite } from '../domain/session/state';
import { placedEvent, toEvent, type EventRow } from './event-row';
import { confirmObjects } from './object-ledger';
import { MERGE_SHARED } from './session.store';
import { prepared, type Sql } from './sql';

const MAX_STATE_BYTES = 1024 * 1024;

const LOCK = prepared('event.lockSessions', `
  select s.tenant_id, s.id, s.user_id, s.scope, s.root_id, s.next_seq, s.version, now() as now from sessions s
  where (s.tenant_id, s.id) in (select * from unnest($1::text[], $2::uuid[])) and (s.expires_at is null or s.expires_at > now())
  order by s.tenant_id, s.id for update of s`);

const CLAIM = prepared('idempotency.claimMany', `
  insert into idempotency_keys (tenant_id, principal_id, field, key, body_hash, result)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::jsonb[]) as t (tenant_id, principal_id, field, key, body_hash, result)
  order by 1, 2, 3, 4 on conflict do nothing returning tenant_id, principal_id, field, key`);

const CLAIMED = prepared('idempotency.claimed', `
  select tenant_id, principal_id, field, key, body_hash, result from idempotency_keys
  where (tenant_id, principal_id, field, key) in (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]))`);

const RELEASE = prepared('idempotency.releaseMany', `
  delete from idempotency_keys where (tenant_id, principal_id, field, key) in (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])) returning key`);

const REPLAY = prepared('event.replay', `
  select e.id, e.session_id, e.seq, e.author, e.author_name, e.invocation_id, e.content, e.actions, e.metadata, e.occurred_at, e.created_at, e.body
  from events e where e.tenant_id = $1 and e.id = any ($2::uuid[]) order by e.seq`);

const INSERT = prepared('event.insertMany', `
  insert into events (tenant_id, session_id, seq, id, author, author_name, invocation_id, content, actions, metadata, tsv, length, occurred_at, body, excerpt, scope_hash, scope_sub)
  select t.*, s.scope_hash, s.scope_sub from unnest($1::text[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[],
    $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::tsvector[], $12::int[], $13::timestamptz[], $14::text[], $15::text[])
    as t (tenant_id, session_id, seq, id, author, author_name, invocation_id, content, actions, metadata, tsv, length, occurred_at, body, excerpt)
  join sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id`);

const ADVANCE = prepared('session.advance', `
  update sessions s set next_seq = t.next_seq, version = t.version, updated_at = now(),
    state = case when t.patches is null then s.state else jsonb_merge_patches(s.state, t.patches) end
  from unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::jsonb[]) as t (tenant_id, id, next_seq, version, patches)
  where s.tenant_id = t.tenant_id and s.id = t.id
  returning case when t.patches is null then 0 else octet_length(s.state::text) end as size`);

const ADD_TO_TREES = prepared('tree.add', `
  insert into tree_appends (tenant_id, session_id, first_seq, last_seq, root_id)
  select * from unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::uuid[]) as t (tenant_id, session_id, first_seq, last_seq, root_id)`);

interface LockedSession {
  readonly tenant_id: string;
  readonly id: string;
  readonly user_id: string;
  readonly scope: Scope;
  readonly root_id: string | null;
  readonly next_seq: string;
  readonly version: string;
  readonly now: Date;
}

/** A locked session with what this flush adds to it. */
class Target {
  nextSeq: number;
  version: number;
  readonly patches: JsonObject[] = [];
  constructor(readonly row: LockedSession) {
    this.nextSeq = Number(row.next_seq);
    this.version = Number(row.version);
  }
}

interface Placed {
  readonly append: Append;
  readonly draft: EventDraft;
  readonly event: Event;
}

type Outcome = Appended | GatewayError;

/**
 * One flush, inside the caller's transaction: lock sessions, settle idempotency keys, check versions, number and insert,
 * then move the sessions on; `inTree` is called when some of it waits to be stamped. Locks are taken in the order session, key, user state, app state, each by its key.
 */
export async function flushAppends(tx: Sql, appends: readonly Append[], inTree: () => void): Promise<Outcome[]> {
  const targets = await lockSessions(tx, appends);
  const targetOf = (append: Append): Target | undefined => {
    const target = targets.get(keyOf(append.actor.tenantId, append.sessionId));
    return target !== undefined && mayTouch(append.actor, target.row.scope) ? target : undefined;
  };
  const replays = await claimKeys(tx, appends.filter((append) => append.idempotency !== null && targetOf(append) !== undefined));
  const placed: Placed[] = [];
  const refused: Append[] = [];

  const outcomes = appends.map((append): Outcome => {
    const target = targetOf(append);
    if (target === undefined) return notFound('session', append.sessionId);
    const replay = replays.get(append);
    if (replay !== undefined) return replay;
    if (append.expectedVersion !== null && append.expectedVersion !== target.version) {
      refused.push(append);
      return conflict(`session ${append.sessionId} is at version ${target.version}, not ${append.expectedVersion}`, 'VERSION_MISMATCH', 'expectedVersion');
    }
    const forbidden = sharedWriteRefusal(append, target);
    if (forbidden !== null) {
      refused.push(append);
      return forbidden;
    }
    target.version += 1;
    const events = append.events.map((draft) => {
      const event = placedEvent(draft, target.row.id, target.nextSeq, target.row.now);
      target.nextSeq += 1;
      if (!isEmpty(draft.delta.own)) target.patches.push(draft.delta.own);
      placed.push({ append, draft, event });
      return event;
    });
    return { events, replayed: false };
  });

  await releaseKeys(tx, refused);
  if (placed.length > 0) {
    await insertEvents(tx, placed);
    const moved = [...targets.values()].filter((target) => target.version !== Number(target.row.version));
    await advance(tx, moved);
    if (await addToTrees(tx, moved)) inTree();
    await mergeShared(tx, placed, targets);
  }
  return outcomes;
}

function sharedWriteRefusal({ actor, events }: Append, { row }: Target): GatewayError | null {
  try {
    for (const { delta } of events) requireSharedWrite(actor, row.user_id, delta);
    return null;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);

async function lockSessions(tx: Sql, appends: readonly Append[]): Promise<Map<string, Target>> {
  const wanted = [...new Map(appends.map((append) => [keyOf(append.actor.tenantId, append.sessionId), append])).values()];
  const rows = await tx.query<LockedSession>(LOCK, [wanted.map((append) => append.actor.tenantId), wanted.map((append) => append.sessionId)]);
  return new Map(rows.map((row) => [keyOf(row.tenant_id, row.id), new Target(row)]));
}

interface KeyRow {
  readonly tenant_id: string;
  readonly principal_id: string;
  readonly field: string;
  readonly key: string;
  readonly body_hash: Buffer;
  readonly result: { readonly ids: readonly string[] } | null;
}

const keyColumns = (appends: readonly Append[]): string[][] => [
  appends.map((append) => append.actor.tenantId),
  appends.map((append) => append.actor.principalId),
  appends.map((append) => append.idempotency?.field ?? ''),
  appends.map((append) => append.idempotency?.key ?? ''),
];
const rowKey = (row: Pick<KeyRow, 'tenant_id' | 'principal_id' | 'field' | 'key'>): string => keyOf(row.tenant_id, row.principal_id, row.field, row.key);
const appendKey = ({ actor, idempotency }: Append): string => keyOf(actor.tenantId, actor.principalId, idempotency?.field ?? '', idempotency?.key ?? '');

/** What earlier runs of the same keys left; keys that are new are taken with the ids their events will have. */
async function claimKeys(tx: Sql, keyed: readonly Append[]): Promise<Map<Append, Outcome>> {
  const replays = new Map<Append, Outcome>();
  if (keyed.length === 0) return replays;
  const results = keyed.map((append) => JSON.stringify({ ids: append.events.map((event) => event.id) }));
  const taken = new Set((await tx.query<KeyRow>(CLAIM, [...keyColumns(keyed), keyed.map((append) => append.idempotency?.bodyHash), results])).map(rowKey));
  const used = keyed.filter((append) => !taken.has(appendKey(append)));
  if (used.length === 0) return replays;
  const stored = new Map((await tx.query<KeyRow>(CLAIMED, keyColumns(used))).map((row) => [rowKey(row), row]));
  for (const append of used) {
    const row = stored.get(appendKey(append));
    if (row === undefined || append.idempotency === null) throw new Error('an idempotency key vanished inside its transaction');
    try {
      requireSameBody(append.idempotency, row.body_hash);
      const rows = await tx.query<EventRow>(REPLAY, [append.actor.tenantId, row.result?.ids ?? []]);
      replays.set(append, { events: rows.map((row) => toEvent(row)), replayed: true, ...(rows.some(({ body }) => body !== null) ? { incomplete: true } : {}) });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      replays.set(append, error);
    }
  }
  return replays;
}

async function releaseKeys(tx: Sql, appends: readonly Append[]): Promise<void> {
  const keyed = appends.filter((append) => append.idempotency !== null);
  if (keyed.length > 0) await tx.query(RELEASE, keyColumns(keyed));
}


/** What a row keeps of actions that are elsewhere: that there is a state delta, for its index. */
const remainderOf = ({ actions }: Event): string => (actions.stateDelta === undefined ? '{}' : '{"stateDelta": null}');

async function insertEvents(tx: Sql, placed: readonly Placed[]): Promise<void> {
  const column = <T>(pick: (item: Placed) => T): T[] => placed.map(pick);
  const isKept = await confirmObjects(tx, placed.flatMap(({ append, draft: { outside } }) => (outside === undefined ? [] : [[append.actor.tenantId, outside.key] as const])));
  /** A body whose object is just being removed stays in its row. */
  const outsideOf = ({ append, draft: { outside } }: Placed): OutsideBody | null => (outside !== undefined && isKept(append.actor.tenantId, outside.key) ? outside : null);
  await tx.query(INSERT, [
    column(({ append }) => append.actor.tenantId), column(({ event }) => event.sessionId), column(({ event }) => event.seq),
    column(({ event }) => event.id), column(({ event }) => event.author), column(({ event }) => event.authorName),
    column(({ event }) => event.invocationId), column((item) => (outsideOf(item) === null ? item.draft.json.content : '[]')),
    column((item) => (outsideOf(item) === null ? item.draft.json.actions : remainderOf(item.event))), column(({ draft }) => draft.json.metadata),
    column(({ draft }) => draft.tsv), column(({ draft }) => draft.length), column(({ event }) => event.occurredAt),
    column((item) => outsideOf(item)?.key ?? null), column((item) => outsideOf(item)?.excerpt ?? null),
  ]);
}

async function advance(tx: Sql, targets: readonly Target[]): Promise<void> {
  const rows = await tx.query<{ size: number }>(ADVANCE, [
    targets.map(({ row }) => row.tenant_id), targets.map(({ row }) => row.id), targets.map(({ nextSeq }) => nextSeq),
    targets.map(({ version }) => version), targets.map(({ patches }) => (patches.length === 0 ? null : JSON.stringify(patches))),
  ]);
  requireStateSize(rows);
}

/** After the locks, so that the times of a session's appends follow each other. @returns whether any is part of a tree */
async function addToTrees(tx: Sql, targets: readonly Target[]): Promise<boolean> {
  const inTrees = targets.filter(({ row }) => row.root_id !== null);
  if (inTrees.length === 0) return false;
  await tx.query(ADD_TO_TREES, [
    inTrees.map(({ row }) => row.tenant_id), inTrees.map(({ row }) => row.id), inTrees.map(({ row }) => row.next_seq),
    inTrees.map(({ nextSeq }) => nextSeq - 1), inTrees.map(({ row }) => row.root_id),
  ]);
  return true;
}

async function mergeShared(tx: Sql, placed: readonly Placed[], targets: ReadonlyMap<string, Target>): Promise<void> {
  const shared = new Map<string, { tenantId: string; kind: string; owner: string; patches: JsonObject[] }>();
  for (const { append, draft } of placed) {
    const { tenantId } = append.actor;
    const userId = targets.get(keyOf(tenantId, append.sessionId))?.row.user_id ?? '';
    for (const [kind, owner, patch] of [['user', userId, draft.delta.user], ['app', '', draft.delta.app]] as const) {
      if (isEmpty(patch)) continue;
      const key = keyOf(tenantId, kind, owner);
      const entry = shared.get(key) ?? { tenantId, kind, owner, patches: [] };
      entry.patches.push(patch);
      shared.set(key, entry);
    }
  }
  if (shared.size === 0) return;
  const rows = [...shared.values()];
  requireStateSize(await tx.query<{ size: number }>(MERGE_SHARED, [
    rows.map(({ tenantId }) => tenantId), rows.map(({ kind }) => kind), rows.map(({ owner }) => owner),
    rows.map(({ patches }) => JSON.stringify(patches)),
  ]));
}

/** Thrown, not returned: the flush is then repeated item by item and only the one that outgrew its state fails. */
function requireStateSize(rows: readonly { size: number }[]): void {
  if (rows.some((row) => row.size > MAX_STATE_BYTES)) {
    throw badInput('event.actions.stateDelta', `the state would outgrow ${MAX_STATE_BYTES} bytes of JSON`, 'STATE_TOO_LARGE');
  }
}
