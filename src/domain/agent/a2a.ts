import type { JsonObject, JsonValue } from '../../kernel/json';

/** The states of a task in A2A 1.0, without their prefix `TASK_STATE_`. */
export const A2A_TASK_STATES = ['SUBMITTED', 'WORKING', 'INPUT_REQUIRED', 'AUTH_REQUIRED', 'COMPLETED', 'FAILED', 'CANCELED', 'REJECTED'] as const;
export type A2ATaskState = (typeof A2A_TASK_STATES)[number];

export const A2A_MESSAGE_KINDS = ['REQUEST', 'RESPONSE', 'NOTIFICATION'] as const;
export type A2AMessageKind = (typeof A2A_MESSAGE_KINDS)[number];

/** Text, data, or a file by its address: exactly one of them. */
export interface A2APart {
  readonly text?: string;
  readonly data?: JsonValue;
  readonly url?: string;
  readonly filename?: string;
  readonly mediaType?: string;
}

/** One message between agents, or between a user's application and an agent. It is an event of its session too, with the same id. */
export interface A2AMessage {
  readonly id: string;
  /** Chosen by the sender; the same one again is the same message. */
  readonly messageId: string;
  /** The A2A context. */
  readonly sessionId: string;
  /** Seq of its event. */
  readonly seq: number;
  /** Null for a notification. */
  readonly taskId: string | null;
  readonly kind: A2AMessageKind;
  /** Null: a user's application. */
  readonly fromAgentId: string | null;
  readonly toAgentId: string | null;
  readonly invocationId: string | null;
  readonly parts: readonly A2APart[];
  readonly metadata: JsonObject;
  readonly createdAt: Date;
}

/** What a request asks for, until it is answered, refused or overdue. */
export interface A2ATask {
  readonly id: string;
  readonly sessionId: string;
  /** A session of the agent's own in which the work is done: below the caller's, or apart from it. */
  readonly workSessionId: string | null;
  readonly fromAgentId: string | null;
  readonly toAgentId: string;
  /** The principal that asked. */
  readonly principalId: string;
  readonly invocationId: string | null;
  readonly state: A2ATaskState;
  /** Why it is in this state: TIMED_OUT, AGENT_REMOVED, or what the agent said. */
  readonly reason: string | null;
  /** The newest message of the agent that it was given to. */
  readonly responseId: string | null;
  /** Unfinished by then, it fails. */
  readonly dueAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

export interface NewA2AMessage {
  readonly messageId: string;
  readonly sessionId: string;
  readonly fromAgentId: string | null;
  readonly toAgentId: string;
  readonly kind: 'REQUEST' | 'NOTIFICATION';
  /** Goes on with a task that waits for input. */
  readonly taskId: string | null;
  readonly parts: readonly A2APart[];
  /** The invocation of the caller that this belongs to. */
  readonly invocationId: string | null;
  readonly metadata: JsonObject;
  /** Merge patch of the session's state, applied with the message. */
  readonly stateDelta: JsonObject | null;
  readonly workSessionId: string | null;
  /** Keys of the session's own state that are copied into the work session. */
  readonly handDown: readonly string[];
  readonly timeoutSeconds: number | null;
}

/** What the agent says of its task. */
export interface A2ATaskUpdate {
  readonly state: A2ATaskState;
  readonly reason: string | null;
  /** Makes a repetition of an answer the same answer; needed with parts only. */
  readonly messageId: string | null;
  readonly parts: readonly A2APart[];
  readonly metadata: JsonObject;
  /** Results: a merge patch of the caller's session state, applied with the answer. */
  readonly stateDelta: JsonObject | null;
  readonly workSessionId: string | null;
}

export interface A2ATaskFilter {
  readonly sessionId?: string;
  readonly agentId?: string;
  readonly state?: A2ATaskState;
}

/** One step of a task with the cursor to resume after it. */
export interface A2ATaskEvent {
  readonly cursor: string;
  readonly taskId: string;
  readonly state: A2ATaskState;
  readonly reason: string | null;
  readonly messageId: string | null;
}

/** A message in an inbox with the cursor to resume after it. */
export interface InboxItem {
  readonly cursor: string;
  readonly message: A2AMessage;
}

const TERMINAL: readonly A2ATaskState[] = ['COMPLETED', 'FAILED', 'CANCELED', 'REJECTED'];
const INTERRUPTED: readonly A2ATaskState[] = ['INPUT_REQUIRED', 'AUTH_REQUIRED'];

export const isFinal = (state: A2ATaskState): boolean => TERMINAL.includes(state);
/** A blocking call waits for no more than this. */
export const isAnswered = (state: A2ATaskState): boolean => isFinal(state) || INTERRUPTED.includes(state);

/** The bus topic that is notified after a task changed. */
export const taskBusTopic = (tenantId: string, taskId: string): string => `a2a:${tenantId}:${taskId}`;
export const taskTopic = (taskId: string): string => `a2a-task:${taskId}`;
export const inboxTopic = (agentId: string): string => `inbox:${agentId}`;
