import type { JsonObject, JsonValue } from '../../kernel/json';

/** Where and how an agent elsewhere takes messages, as its card says. */
export interface RemoteInterface {
  readonly url: string;
  readonly binding: 'JSONRPC' | 'HTTP+JSON';
  /** Opaque; sent back with every call. */
  readonly tenant: string | null;
}

/** One part of a message on the wire: exactly one of text, raw (base64), url and data. */
export interface RemotePart {
  readonly text?: string;
  readonly raw?: string;
  readonly url?: string;
  readonly data?: JsonValue;
  readonly filename?: string;
  readonly mediaType?: string;
}

export interface RemoteMessage {
  readonly messageId: string;
  readonly parts: readonly RemotePart[];
}

/** The states of A2A 1.0 without their prefix. */
export const REMOTE_STATES = ['SUBMITTED', 'WORKING', 'INPUT_REQUIRED', 'AUTH_REQUIRED', 'COMPLETED', 'FAILED', 'CANCELED', 'REJECTED'] as const;
export type RemoteState = (typeof REMOTE_STATES)[number];

export interface RemoteTask {
  readonly id: string;
  readonly contextId: string | null;
  readonly state: RemoteState;
  /** What was said with the state. */
  readonly message: RemoteMessage | null;
  /** Parts of all artifacts so far, in their order. */
  readonly artifacts: readonly RemotePart[];
}

/** A message for an agent elsewhere. */
export interface Outgoing extends RemoteMessage {
  /** Ids that the agent gave; null at the beginning. */
  readonly taskId: string | null;
  readonly contextId: string | null;
  readonly metadata: JsonObject;
}

export type RemoteReply = { readonly kind: 'message'; readonly contextId: string | null; readonly message: RemoteMessage } | { readonly kind: 'task'; readonly task: RemoteTask };

/** For whom is asked: decides which credentials are shown. */
export interface RemoteCaller {
  readonly tenantId: string;
  readonly agentId: string;
}

/**
 * Calls of agents on other servers by A2A 1.0, where the configuration allows them. Each has a time limit, follows no redirect and reads a
 * bounded answer. Each throws GatewayError: UNAVAILABLE when another try may succeed, INTERNAL_SERVER_ERROR (REMOTE_NOT_ALLOWED,
 * REMOTE_REFUSED, REMOTE_PROTOCOL_ERROR, REMOTE_TASK_NOT_FOUND) when it will not; no credential is in their words.
 */
export interface RemoteAgents {
  /** @returns why agents may not be called there, null when they may */
  refusal(url: string): string | null;
  /** The agent's card, for how it is to be called. */
  interfaceOf(caller: RemoteCaller, url: string, signal: AbortSignal): Promise<RemoteInterface>;
  /** Does not wait for the end of a task. The same `messageId` again is for the agent to recognise. */
  send(caller: RemoteCaller, at: RemoteInterface, message: Outgoing, signal: AbortSignal): Promise<RemoteReply>;
  getTask(caller: RemoteCaller, at: RemoteInterface, taskId: string, signal: AbortSignal): Promise<RemoteTask>;
  cancelTask(caller: RemoteCaller, at: RemoteInterface, taskId: string, signal: AbortSignal): Promise<void>;
}
