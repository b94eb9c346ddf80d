import { EntitySchema } from 'typeorm';
import {
  array,
  bigint,
  cascade,
  defaulted,
  handMade,
  index,
  int,
  jsonb,
  key,
  nullable,
  ofTenant,
  primary,
  references,
  text,
  timestamptz,
  tsvector,
  unique,
  uuid,
} from './columns';

export const sessions = new EntitySchema({
  name: 'sessions',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    user_id: key,
    agent_id: nullable(key),
    parent_id: nullable(uuid),
    scope: jsonb,
    scope_hash: bigint,
    scope_sub: array(bigint),
    initial_state: defaulted(jsonb, "'{}'"),
    state: defaulted(jsonb, "'{}'"),
    metadata: defaulted(jsonb, "'{}'"),
    next_seq: defaulted(bigint, 1),
    version: defaulted(bigint, 1),
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
    expires_at: nullable(timestamptz),
    archived_seq: defaulted(bigint, 0),
    root_id: nullable(uuid),
    ancestors: defaulted(array(uuid), "'{}'"),
  },
  foreignKeys: [ofTenant('sessions')],
  indices: [
    index('sessions_agent', ['tenant_id', 'agent_id', 'id'], 'agent_id is not null'),
    index('sessions_expiry', ['expires_at'], 'expires_at is not null'),
    index('sessions_parent', ['tenant_id', 'parent_id', 'id'], 'parent_id is not null'),
    index('sessions_root', ['tenant_id', 'root_id', 'id'], 'root_id is not null'),
    handMade('sessions_scope'),
    index('sessions_user', ['tenant_id', 'user_id', 'id']),
  ],
});

export const events = new EntitySchema({
  name: 'events',
  columns: {
    tenant_id: primary(key),
    session_id: primary(uuid),
    seq: primary(bigint),
    id: uuid,
    author: text,
    author_name: nullable(text),
    invocation_id: nullable(text),
    content: jsonb,
    actions: defaulted(jsonb, "'{}'"),
    metadata: defaulted(jsonb, "'{}'"),
    scope_hash: bigint,
    scope_sub: array(bigint),
    tsv: tsvector,
    length: int,
    occurred_at: timestamptz,
    created_at: defaulted(timestamptz, 'now()'),
    body: nullable(key),
    excerpt: nullable(text),
  },
  foreignKeys: [
    cascade('events', ['tenant_id', 'session_id'], 'sessions', ['tenant_id', 'id']),
    references('events', ['tenant_id', 'body'], 'objects', ['tenant_id', 'key']),
  ],
  indices: [
    index('events_body', ['tenant_id', 'body'], 'body is not null'),
    unique('events_id', ['tenant_id', 'id']),
    handMade('events_search'),
    index('events_state', ['tenant_id', 'session_id', 'seq'], "actions ? 'stateDelta'"),
  ],
});

export const sharedStates = new EntitySchema({
  name: 'shared_states',
  columns: {
    tenant_id: primary(key),
    kind: primary(key),
    owner: primary(key),
    state: defaulted(jsonb, "'{}'"),
    version: defaulted(bigint, 1),
    updated_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofTenant('shared_states')],
});

export const treeAppends = new EntitySchema({
  name: 'tree_appends',
  columns: {
    tenant_id: primary(key),
    session_id: primary(uuid),
    first_seq: primary(bigint),
    last_seq: bigint,
    root_id: uuid,
    position: nullable(bigint),
    created_at: defaulted(timestamptz, 'clock_timestamp()'),
  },
  foreignKeys: [cascade('tree_appends', ['tenant_id', 'session_id'], 'sessions', ['tenant_id', 'id'])],
  indices: [
    index('tree_appends_pending', ['created_at', 'tenant_id', 'session_id', 'first_seq'], 'position is null'),
    index('tree_appends_position', ['tenant_id', 'root_id', 'position'], 'position is not null'),
  ],
});

export const objects = new EntitySchema({
  name: 'objects',
  columns: {
    tenant_id: primary(key),
    key: primary(key),
    due_at: timestamptz,
    doomed_at: nullable(timestamptz),
    removed_at: nullable(timestamptz),
  },
  indices: [
    index('objects_doomed', ['doomed_at'], 'doomed_at is not null'),
    index('objects_due', ['due_at'], "due_at < 'infinity'"),
  ],
});

export const sessionSummaries = new EntitySchema({
  name: 'session_summaries',
  columns: {
    tenant_id: primary(key),
    session_id: primary(uuid),
    revision: primary(int),
    from_seq: bigint,
    to_seq: bigint,
    points: jsonb,
    tokens: int,
    writer: text,
    created_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [cascade('session_summaries', ['tenant_id', 'session_id'], 'sessions', ['tenant_id', 'id'])],
  indices: [
    unique('session_summaries_range', ['tenant_id', 'session_id', 'to_seq']),
  ],
});
