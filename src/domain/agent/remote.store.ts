import type { Actor } from '../../kernel/actor';
import type { RemoteInterface } from '../../platform/a2a/remote-agents.port';
import type { A2AMessage } from './a2a';
import type { Agent } from './agent';

/** An agent on another server. */
export type RemoteAgent = Pick<Agent, 'id' | 'remote'> & { readonly url: string };

/** What is known of a message for such an agent. */
export interface RemoteDelivery {
  readonly isDelivered: boolean;
  readonly agent: RemoteAgent;
  /** Ids that the agent gave. The context is that of the task, else of the newest one of this session with the agent. */
  readonly remoteTaskId: string | null;
  readonly remoteContextId: string | null;
}

/** What the agent made of a message. */
export interface RemoteIds {
  readonly taskId: string | null;
  readonly contextId: string | null;
}

/** What is known of agents on other servers, and of their work. */
export interface RemoteStore {
  /** Null when the message is gone, or its agent is not, or no longer, on another server. */
  delivery(actor: Actor, messageId: string): Promise<RemoteDelivery | null>;
  /** The agent has the message; its task bears these ids there. */
  delivered(actor: Actor, message: Pick<A2AMessage, 'id' | 'taskId'>, ids: RemoteIds): Promise<void>;
  /** Null when the task never came there, or its agent is gone. */
  taskElsewhere(actor: Actor, taskId: string): Promise<{ readonly agent: RemoteAgent; readonly remoteTaskId: string } | null>;
  /** The agent answered a call, at this interface. */
  answered(actor: Actor, agent: RemoteAgent, at: RemoteInterface): Promise<void>;
  /** It did not. */
  missed(actor: Actor, agentId: string, failure: string): Promise<void>;
  /** Up to `limit` agents of every tenant that are to be looked at; they are then left alone for an hour, or until the look has ended. */
  takeDue(limit: number): Promise<readonly { readonly tenantId: string; readonly agentId: string }[]>;
}
