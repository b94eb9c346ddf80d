import { requireRole, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, notFound } from '../../kernel/errors';
import { isUuid, newId } from '../../kernel/ids';
import { toPage, type Page, type PageRequest } from '../../kernel/page';
import { isStorableText } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { IdempotencyKey } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { A2AMessage, A2ATask, A2ATaskFilter, A2ATaskUpdate, NewA2AMessage } from './a2a';
import { requireMessage, requireReason, requireUpdate } from './a2a-rules';
import type { A2AStore } from './a2a.store';
import type { A2AWaiting } from './a2a-waiting';
import { answerTask, cancelTask, hashOf, repeated, sendMessage, type A2AStores } from './a2a-writing';

const MAX_WAIT_MS = 120_000;

export interface A2AService {
  /**
   * Records the message, delivers it, and waits up to `waitMs` for the answer to its task; 0 does not wait. Sent again with the
   * same message id it is the same message, whose answer is waited for again.
   * @throws GatewayError BAD_USER_INPUT, NOT_FOUND, FORBIDDEN; CONFLICT for a message id that was used for another message
   */
  send(actor: Actor, input: NewA2AMessage, options: SendOptions): Promise<A2AMessage>;
  /** What the agent says of its task; answered once and for all by a final state. @throws GatewayError as `send`; CONFLICT (TASK_ENDED) */
  update(actor: Actor, taskId: string, update: A2ATaskUpdate, options?: WriteOptions): Promise<A2ATask>;
  /** The caller no longer wants an answer. @throws GatewayError NOT_FOUND, FORBIDDEN, CONFLICT (TASK_ENDED) */
  cancel(actor: Actor, taskId: string, reason: string | null, options?: WriteOptions): Promise<A2ATask>;
  getTasks(actor: Actor, ids: readonly string[]): Promise<readonly (A2ATask | null)[]>;
  getMessages(actor: Actor, ids: readonly string[]): Promise<readonly (A2AMessage | null)[]>;
  /** Newest first. */
  listTasks(actor: Actor, filter: A2ATaskFilter, position: PageRequest): Promise<Page<A2ATask>>;
  messagesOfSessions: A2AStore['messagesOfSessions'];
  messagesOfTasks: A2AStore['messagesOfTasks'];
}

interface WriteOptions {
  readonly idempotency?: IdempotencyKey | null;
}

interface SendOptions extends WriteOptions {
  readonly waitMs: number;
}

interface A2AServiceDeps {
  readonly a2a: A2AStore;
  readonly waiting: A2AWaiting;
  readonly transact: Transact<A2AStores>;
  readonly clock: Clock;
}

export function createA2AService({ a2a, waiting, transact, clock }: A2AServiceDeps): A2AService {
  const taskOf = async (actor: Actor, id: string): Promise<A2ATask> => {
    const [task] = isUuid(id) ? await a2a.getTasks(actor, [id]) : [];
    if (task === undefined || task === null) throw notFound('task', id);
    return task;
  };

  return {
    async send(actor, input, { idempotency, waitMs }) {
      requireRole(actor, 'writer');
      requireMessage(input);
      if (!Number.isInteger(waitMs) || waitMs < 0 || waitMs > MAX_WAIT_MS) throw badInput('input.waitMs', `waitMs is a whole number from 0 to ${MAX_WAIT_MS}`);
      if (waitMs > 0) waiting.requireRoom();
      const { id } = await repeated(() => transact((stores) => once(stores.idempotency, actor, idempotency, () => sendMessage(stores, actor, input, hashOf(input), clock.now()))));
      const [message] = await a2a.getMessages(actor, [id]);
      if (message === undefined || message === null) throw notFound('message', input.messageId);
      if (message.taskId !== null && waitMs > 0) await waiting.forAnswer(actor, message.taskId, waitMs);
      return message;
    },

    async update(actor, taskId, update, { idempotency } = {}) {
      requireRole(actor, 'writer');
      requireUpdate(update);
      const task = await taskOf(actor, taskId);
      await repeated(() => transact((stores) => once(stores.idempotency, actor, idempotency, () =>
        answerTask(stores, actor, task, { ...update, messageId: update.messageId ?? newId() }, hashOf({ taskId: task.id, ...update }), clock.now()))));
      return taskOf(actor, taskId);
    },

    async cancel(actor, taskId, reason, { idempotency } = {}) {
      requireRole(actor, 'writer');
      if (!isUuid(taskId)) throw notFound('task', taskId);
      requireReason(reason, 'reason');
      await transact((stores) => once(stores.idempotency, actor, idempotency, () => cancelTask(stores, actor, taskId, reason)));
      return taskOf(actor, taskId);
    },

    async getTasks(actor, ids) {
      requireRole(actor, 'reader');
      return a2a.getTasks(actor, ids);
    },
    async getMessages(actor, ids) {
      requireRole(actor, 'reader');
      return a2a.getMessages(actor, ids);
    },
    async listTasks(actor, filter, { limit, after }) {
      requireRole(actor, 'reader');
      if ((filter.sessionId !== undefined && !isUuid(filter.sessionId)) || !isStorableText(filter.agentId ?? '')) return { items: [], hasMore: false };
      return toPage(await a2a.listTasks(actor, filter, { limit: limit + 1, after }), limit);
    },
    async messagesOfSessions(actor, sessionIds, position) {
      requireRole(actor, 'reader');
      return a2a.messagesOfSessions(actor, sessionIds, position);
    },
    async messagesOfTasks(actor, taskIds, position) {
      requireRole(actor, 'reader');
      return a2a.messagesOfTasks(actor, taskIds, position);
    },
  };
}
