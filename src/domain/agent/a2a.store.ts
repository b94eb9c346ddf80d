import type { Actor } from '../../kernel/actor';
import type { PageRequest } from '../../kernel/page';
import type { A2AMessage, A2ATask, A2ATaskFilter } from './a2a';

export interface MessageDraft extends Omit<A2AMessage, 'createdAt'> {
  /** Within it `messageId` is unique: an agent, or the principal of an application. */
  readonly sender: string;
  /** Of everything that was sent: the same message id with other words is no repetition. */
  readonly bodyHash: Buffer;
}

export type TaskDraft = Pick<A2ATask, 'id' | 'sessionId' | 'workSessionId' | 'fromAgentId' | 'toAgentId' | 'invocationId'> & { readonly timeoutSeconds: number };

export interface SentMessage {
  readonly message: A2AMessage;
  readonly bodyHash: Buffer;
}

/** What an update may change of a task. */
export type TaskState = Pick<A2ATask, 'state' | 'reason' | 'responseId' | 'workSessionId'>;

/** Messages and tasks of sessions that the actor may not see, or that are gone, do not exist here. */
export interface A2AStore {
  /** In the order of `ids`, null where there is none. */
  getMessages(actor: Actor, ids: readonly string[]): Promise<readonly (A2AMessage | null)[]>;
  getTasks(actor: Actor, ids: readonly string[]): Promise<readonly (A2ATask | null)[]>;
  /** Of each session in the order of their events, after that of seq `afterSeq`, in the order of `sessionIds`. */
  messagesOfSessions(actor: Actor, sessionIds: readonly string[], position: { readonly limit: number; readonly afterSeq: number }): Promise<readonly (readonly A2AMessage[])[]>;
  messagesOfTasks(actor: Actor, taskIds: readonly string[], position: { readonly limit: number; readonly afterSeq: number }): Promise<readonly (readonly A2AMessage[])[]>;
  /** Newest first; `after` is the id of the last one already seen. */
  listTasks(actor: Actor, filter: A2ATaskFilter, position: PageRequest): Promise<A2ATask[]>;

  /** What this sender sent under this message id. */
  findSent(actor: Actor, sender: string, messageId: string): Promise<SentMessage | null>;
  /** @returns false, and writes nothing, when the sender has sent this message id meanwhile */
  insertMessage(actor: Actor, draft: MessageDraft): Promise<boolean>;
  insertTask(actor: Actor, draft: TaskDraft): Promise<A2ATask>;
  /** Locks the row until the transaction ends; after its session, as every writer does. */
  lockTask(actor: Actor, id: string): Promise<A2ATask | null>;
  /** Writes the locked task; whoever waits for it is told on commit. */
  saveTask(actor: Actor, id: string, state: TaskState): Promise<A2ATask>;
  /** Fails up to `limit` unfinished tasks of the agent. */
  abandon(actor: Actor, agentId: string, limit: number): Promise<A2ATask[]>;
  /** Fails up to `limit` tasks of every tenant that are due and unfinished. */
  timeOut(limit: number): Promise<{ readonly tenantId: string; readonly task: A2ATask }[]>;
}
