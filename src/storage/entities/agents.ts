import { EntitySchema } from 'typeorm';
import { array, bigint, bytea, cascade, defaulted, index, int, jsonb, key, nullable, ofTenant, primary, text, timestamptz, unique, uuid } from './columns';

const ofSession = (table: string) => cascade(table, ['tenant_id', 'session_id'], 'sessions', ['tenant_id', 'id']);

export const agents = new EntitySchema({
  name: 'agents',
  columns: {
    tenant_id: primary(key),
    id: primary(key),
    principal_id: key,
    name: text,
    description: text,
    version: text,
    skills: defaulted(jsonb, "'[]'"),
    input_modes: array(text),
    output_modes: array(text),
    metadata: defaulted(jsonb, "'{}'"),
    heartbeat_seconds: int,
    last_seen_at: nullable(timestamptz),
    inbox_position: defaulted(bigint, 0),
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
    url: nullable(text),
    remote: nullable(jsonb),
    failure: nullable(text),
    look_at: nullable(timestamptz),
  },
  foreignKeys: [ofTenant('agents')],
  indices: [index('agents_look', ['look_at'], 'url is not null')],
});

export const a2aTasks = new EntitySchema({
  name: 'a2a_tasks',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    session_id: uuid,
    work_session_id: nullable(uuid),
    from_agent: nullable(key),
    to_agent: key,
    principal_id: key,
    invocation_id: nullable(text),
    state: text,
    reason: nullable(text),
    response_id: nullable(uuid),
    due_at: timestamptz,
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
    finished_at: nullable(timestamptz),
    remote_task_id: nullable(text),
    remote_context_id: nullable(text),
  },
  foreignKeys: [ofSession('a2a_tasks')],
  indices: [
    index('a2a_tasks_agent', ['tenant_id', 'to_agent', 'id']),
    index('a2a_tasks_due', ['due_at'], 'finished_at is null'),
    index('a2a_tasks_from', ['tenant_id', 'from_agent', 'id'], 'from_agent is not null'),
    index('a2a_tasks_work', ['tenant_id', 'work_session_id'], 'work_session_id is not null'),
    index('a2a_tasks_session', ['tenant_id', 'session_id', 'id']),
  ],
});

export const a2aMessages = new EntitySchema({
  name: 'a2a_messages',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    sender: key,
    message_id: key,
    body_hash: bytea,
    session_id: uuid,
    seq: bigint,
    task_id: nullable(uuid),
    kind: text,
    from_agent: nullable(key),
    to_agent: nullable(key),
    invocation_id: nullable(text),
    parts: jsonb,
    metadata: defaulted(jsonb, "'{}'"),
    created_at: defaulted(timestamptz, 'now()'),
    delivered_at: nullable(timestamptz),
  },
  foreignKeys: [ofSession('a2a_messages')],
  indices: [
    unique('a2a_messages_sender', ['tenant_id', 'sender', 'message_id']),
    index('a2a_messages_from', ['tenant_id', 'from_agent', 'session_id'], 'from_agent is not null'),
    index('a2a_messages_to', ['tenant_id', 'to_agent', 'session_id'], 'to_agent is not null'),
    index('a2a_messages_session', ['tenant_id', 'session_id', 'seq']),
    index('a2a_messages_task', ['tenant_id', 'task_id', 'seq'], 'task_id is not null'),
  ],
});
