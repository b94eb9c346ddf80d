import { feedBusTopic, type FeedStore } from '../domain/feed/feed';
import { treeTopic } from '../domain/session/tree';
import { newId } from '../kernel/ids';
import type { JsonObject } from '../kernel/json';
import type { Bus } from '../platform/bus/bus.port';
import { prepared, type Sql } from './sql';

/** Notified when entries wait for their position. */
export const FEED_PENDING = 'feed:pending';
/**
 * The time is the database's, taken here and not when the transaction began: who changes a thing after another one waited for
 * its lock, and so comes later by this clock, on whatever machine it runs.
 */
const APPEND = prepared('feed.append', `
  insert into feed_items (id, tenant_id, topic, ref, created_at)
  select id, $1, topic, ref, clock_timestamp() from unnest($2::uuid[], $3::text[], $4::jsonb[]) as t (id, topic, ref)`);
const READ = prepared('feed.read', `
  select position, ref from feed_items where tenant_id = $1 and topic = $2 and position > $3 order by position limit $4`);
const HEAD = prepared('feed.head', `select coalesce(max(position), 0) as head from feed_items where tenant_id = $1 and topic = $2 and position is not null`);
const LOCK_HEAD = prepared('feed.lockHead', `select position from feed_head where id = 1 for update`);
const STAMP = prepared('feed.stamp', `
  with pending as (
      select id, row_number() over (order by created_at, id) as n from (
        select id, created_at from feed_items where position is null order by created_at, id limit $1) p),
    stamped as (update feed_items f set position = h.position + p.n from pending p, feed_head h where f.id = p.id and h.id = 1 returning f.tenant_id, f.topic, f.position),
    moved as (update feed_head set position = (select max(position) from stamped) where id = 1 and exists (select from stamped))
  select distinct tenant_id, topic from stamped`);
/** Each append takes as many positions as it has events. Within a session they are in the order of their seqs, as their times are. */
const STAMP_TREES = prepared('tree.stamp', `
  with pending as (
      select tenant_id, session_id, first_seq, sum(last_seq - first_seq + 1) over (order by created_at, tenant_id, session_id, first_seq) as n from (
        select * from tree_appends where position is null order by created_at, tenant_id, session_id, first_seq limit $1) p),
    stamped as (update tree_appends a set position = h.position + p.n from pending p, feed_head h
      where a.tenant_id = p.tenant_id and a.session_id = p.session_id and a.first_seq = p.first_seq and h.id = 1 returning a.tenant_id, a.root_id, a.position),
    moved as (update feed_head set position = (select max(position) from stamped) where id = 1 and exists (select from stamped))
  select distinct tenant_id, '${treeTopic('')}' || root_id as topic from stamped`);
const SWEEP = prepared('feed.sweep', `
  delete from feed_items where id in (select id from feed_items where created_at < now() - make_interval(days => 7) and position is not null order by created_at limit $1) returning id`);

export function createFeedStore(sql: Sql, bus: Bus): FeedStore {
  return {
    async append(actor, entries) {
      if (entries.length === 0) return;
      await sql.query(APPEND, [actor.tenantId, entries.map(() => newId()), entries.map(({ topic }) => topic), entries.map(({ ref }) => JSON.stringify(ref))]);
      sql.afterCommit(() => { bus.notify(FEED_PENDING); });
    },
    async read(actor, topic, after, limit) {
      const rows = await sql.query<{ position: string; ref: JsonObject }>(READ, [actor.tenantId, topic, after, limit]);
      return rows.map((row) => ({ position: Number(row.position), ref: row.ref }));
    },
    async head(actor, topic) {
      const [row] = await sql.query<{ head: string }>(HEAD, [actor.tenantId, topic]);
      return Number(row?.head ?? 0);
    },
  };
}

const STAMP_BATCH = 1000;

interface Topic {
  readonly tenant_id: string;
  readonly topic: string;
}

/**
 * Gives committed feed entries, and events of trees of sessions, their positions, in one order for all readers. The row lock on `feed_head` lets one
 * sequencer stamp at a time, and a position is visible only after every lower one: `position > last` never skips.
 * @returns how many topics moved; the caller repeats until it is 0
 */
export async function stampFeed(sql: Sql, bus: Bus): Promise<number> {
  const topics = await sql.transact(async (tx) => {
    await tx.query(LOCK_HEAD, []);
    const entries = await tx.query<Topic>(STAMP, [STAMP_BATCH]);
    return [...entries, ...await tx.query<Topic>(STAMP_TREES, [STAMP_BATCH])];
  });
  for (const { tenant_id, topic } of topics) bus.notify(feedBusTopic(tenant_id, topic));
  return topics.length;
}

/** Entries older than a week are gone; a cursor that old reads on from what is left. */
export const sweepFeed = async (sql: Sql, limit: number): Promise<number> => (await sql.query(SWEEP, [limit])).length;
