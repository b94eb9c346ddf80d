import type { A2AMessage, A2AMessageKind, A2APart, A2ATask, A2ATaskState } from '../domain/agent/a2a';
import type { JsonObject } from '../kernel/json';
import type { Scope } from '../kernel/scope';

export interface MessageRow {
  readonly id: string;
  readonly message_id: string;
  readonly body_hash: Buffer;
  readonly session_id: string;
  readonly seq: string;
  readonly task_id: string | null;
  readonly kind: A2AMessageKind;
  readonly from_agent: string | null;
  readonly to_agent: string | null;
  readonly invocation_id: string | null;
  readonly parts: readonly A2APart[];
  readonly metadata: JsonObject;
  readonly created_at: Date;
  readonly scope: Scope;
}

export const toMessage = (row: MessageRow): A2AMessage => ({
  id: row.id,
  messageId: row.message_id,
  sessionId: row.session_id,
  seq: Number(row.seq),
  taskId: row.task_id,
  kind: row.kind,
  fromAgentId: row.from_agent,
  toAgentId: row.to_agent,
  invocationId: row.invocation_id,
  parts: row.parts,
  metadata: row.metadata,
  createdAt: row.created_at,
});

export interface TaskRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly session_id: string;
  readonly work_session_id: string | null;
  readonly from_agent: string | null;
  readonly to_agent: string;
  readonly principal_id: string;
  readonly invocation_id: string | null;
  readonly state: A2ATaskState;
  readonly reason: string | null;
  readonly response_id: string | null;
  readonly due_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
  readonly scope: Scope;
}

export const toTask = (row: Omit<TaskRow, 'scope'>): A2ATask => ({
  id: row.id,
  sessionId: row.session_id,
  workSessionId: row.work_session_id,
  fromAgentId: row.from_agent,
  toAgentId: row.to_agent,
  principalId: row.principal_id,
  invocationId: row.invocation_id,
  state: row.state,
  reason: row.reason,
  responseId: row.response_id,
  dueAt: row.due_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  finishedAt: row.finished_at,
});
