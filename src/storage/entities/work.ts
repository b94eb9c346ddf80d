import { EntitySchema } from 'typeorm';
import { bigint, defaulted, index, int, jsonb, key, nullable, ofTenant, primary, smallint, text, timestamptz, unique, uuid } from './columns';

export const jobs = new EntitySchema({
  name: 'jobs',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    name: key,
    payload: jsonb,
    priority: defaulted(smallint, 0),
    generation_id: nullable(uuid),
    attempts: defaulted(int, 0),
    run_at: defaulted(timestamptz, 'now()'),
    lease_token: nullable(uuid),
    relay_until: nullable(timestamptz),
    published_at: nullable(timestamptz),
    last_error: nullable(text),
    errors: defaulted(jsonb, "'[]'"),
    dead_at: nullable(timestamptz),
    created_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofTenant('jobs')],
  indices: [
    index('jobs_due', ['name', 'priority', 'run_at', 'id'], 'dead_at is null'),
    index('jobs_generation', ['tenant_id', 'generation_id'], 'generation_id is not null'),
    index('jobs_published', ['name', 'priority', 'published_at'], 'published_at is not null'),
  ],
});

export const leases = new EntitySchema({
  name: 'leases',
  columns: {
    tenant_id: primary(key),
    name: primary(key),
    holder: text,
    token: bigint,
    expires_at: timestamptz,
  },
});

export const feedHead = new EntitySchema({
  name: 'feed_head',
  columns: {
    id: primary(int),
    position: bigint,
  },
});

export const feedItems = new EntitySchema({
  name: 'feed_items',
  columns: {
    id: primary(uuid),
    tenant_id: key,
    topic: key,
    ref: jsonb,
    created_at: defaulted(timestamptz, 'now()'),
    position: nullable(bigint),
  },
  foreignKeys: [ofTenant('feed_items')],
  indices: [
    index('feed_items_age', ['created_at']),
    index('feed_items_pending', ['id'], 'position is null'),
    unique('feed_items_position', ['position'], 'position is not null'),
    index('feed_items_topic', ['tenant_id', 'topic', 'position'], 'position is not null'),
  ],
});
