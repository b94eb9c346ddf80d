import { RetryLater } from '../../jobs/retry-later';
import type { Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { GatewayError } from '../../kernel/errors';
import type { Transact } from '../../kernel/transact';
import type { RemoteAgents, RemoteInterface, RemoteReply } from '../../platform/a2a/remote-agents.port';
import { isFinal, type A2AMessage, type A2ATask } from './a2a';
import { tellTask } from './a2a-telling';
import type { A2AStore } from './a2a.store';
import { answerTask, hashOf, repeated, type A2AStores } from './a2a-writing';
import { outgoing, updateOf } from './remote-answer';
import type { RemoteAgent, RemoteDelivery, RemoteIds, RemoteStore } from './remote.store';

export interface RemotePhase {
  /**
   * Hands a message to its agent, once as far as this side knows: a run that died before it could note the answer sends the same id again. Then
   * brings the answer, asking at growing pauses. @throws RetryLater until there is one; GatewayError UNAVAILABLE when it could not be handed over
   */
  deliver(actor: Actor, messageId: string, signal: AbortSignal): Promise<void>;
  /** It cannot be handed over: its task says so. */
  fail(actor: Actor, messageId: string, error: unknown): Promise<void>;
  /** Nobody wants the answer any more; nothing when the task has ended over there. */
  cancel(actor: Actor, taskId: string, signal: AbortSignal): Promise<void>;
  /** Asks for the card, and notes whether the agent answered. */
  look(actor: Actor, agentId: string, signal: AbortSignal): Promise<void>;
}

interface RemotePhaseDeps {
  readonly remotes: RemoteStore;
  readonly a2a: Pick<A2AStore, 'getMessages' | 'getTasks'>;
  readonly agents: Pick<A2AStores['agents'], 'getMany'>;
  readonly calls: RemoteAgents;
  readonly transact: Transact<A2AStores & { readonly remotes: RemoteStore }>;
  readonly clock: Clock;
}

const FIRST_POLL_MS = 500;
const LONGEST_POLL_MS = 30_000;
/** Asked again after a quarter of the time that it has taken so far. */
const PATIENCE = 4;
const MAX_REASON = 500;
const ENDED_ELSEWHERE = ['REMOTE_TASK_NOT_FOUND', 'REMOTE_NOT_CANCELABLE'];

interface Errand {
  readonly message: A2AMessage;
  readonly task: A2ATask | null;
  readonly delivery: RemoteDelivery;
}

export function createRemotePhase({ remotes, a2a, agents, calls, transact, clock }: RemotePhaseDeps): RemotePhase {
  /** A call of the agent; whether it answered is noted either way. */
  const call = async <T>(actor: Actor, agent: RemoteAgent, work: (at: RemoteInterface) => Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      const at = agent.remote ?? (await calls.interfaceOf({ tenantId: actor.tenantId, agentId: agent.id }, agent.url, signal));
      const result = await work(at);
      await remotes.answered(actor, agent, at);
      return result;
    } catch (error) {
      if (error instanceof GatewayError && !signal.aborted && !ENDED_ELSEWHERE.includes(error.details.reason ?? '')) await remotes.missed(actor, agent.id, inWords(error));
      throw error;
    }
  };

  const errandOf = async (actor: Actor, messageId: string): Promise<Errand | null> => {
    const delivery = await remotes.delivery(actor, messageId);
    const [message] = await a2a.getMessages(actor, [messageId]);
    if (delivery === null || message === undefined || message === null) return null;
    const [task = null] = message.taskId === null ? [] : await a2a.getTasks(actor, [message.taskId]);
    return { message, task, delivery };
  };

  const stateOf = async (actor: Actor, { id }: A2ATask): Promise<A2ATask['state'] | null> => {
    const [task] = await a2a.getTasks(actor, [id]);
    return task?.state ?? null;
  };

  /** Notes what the agent has and what it said, in one transaction; only what it has when the task ended here meanwhile. */
  const record = async (actor: Actor, { message, task }: Errand, reply: RemoteReply): Promise<void> => {
    const ids: RemoteIds = reply.kind === 'task' ? { taskId: reply.task.id, contextId: reply.task.contextId } : { taskId: null, contextId: reply.contextId };
    const update = task === null ? null : updateOf(reply, task);
    try {
      await repeated(() => transact(async (stores) => {
        if (task !== null && update !== null) await answerTask(stores, actor, task, update, hashOf({ taskId: task.id, ...update }), clock.now());
        await stores.remotes.delivered(actor, message, ids);
      }));
    } catch (error) {
      if (!(error instanceof GatewayError) || error.details.reason !== 'TASK_ENDED') throw error;
      await transact((stores) => stores.remotes.delivered(actor, message, ids));
    }
  };

  const send = ({ message, task, delivery: { agent, remoteTaskId, remoteContextId } }: Errand, actor: Actor, signal: AbortSignal): Promise<RemoteReply> =>
    call(actor, agent, (at) => calls.send({ tenantId: actor.tenantId, agentId: agent.id }, at, {
      ...outgoing(message), taskId: task === null ? null : remoteTaskId, contextId: remoteContextId, metadata: message.metadata,
    }, signal), signal);

  /** Until its time limit here, a task that the agent has is asked for again whatever keeps it from answering. */
  const poll = async ({ message, delivery: { agent } }: Errand, actor: Actor, remoteTaskId: string, signal: AbortSignal): Promise<RemoteReply> => {
    try {
      const task = await call(actor, agent, (at) => calls.getTask({ tenantId: actor.tenantId, agentId: agent.id }, at, remoteTaskId, signal), signal);
      return { kind: 'task', task };
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'UNAVAILABLE') throw again(message, error.message);
      throw error;
    }
  };
  const again = ({ createdAt }: A2AMessage, why: string): RetryLater => {
    const age = clock.now().getTime() - createdAt.getTime();
    return new RetryLater(Math.min(LONGEST_POLL_MS, Math.max(FIRST_POLL_MS, Math.round(age / PATIENCE))), why);
  };

  const cancel: RemotePhase['cancel'] = async (actor, taskId, signal) => {
    const known = await remotes.taskElsewhere(actor, taskId);
    if (known === null) return;
    const { agent, remoteTaskId } = known;
    try {
      await call(actor, agent, (at) => calls.cancelTask({ tenantId: actor.tenantId, agentId: agent.id }, at, remoteTaskId, signal), signal);
    } catch (error) {
      // Both mean that there is nothing left to cancel.
      if (!(error instanceof GatewayError) || !ENDED_ELSEWHERE.includes(error.details.reason ?? '')) throw error;
    }
  };

  return {
    async deliver(actor, messageId, signal) {
      const errand = await errandOf(actor, messageId);
      if (errand === null) return;
      const { message, task, delivery: { isDelivered, remoteTaskId } } = errand;
      if (task !== null && isFinal(task.state)) {
        if (isDelivered && (task.state === 'CANCELED' || task.reason === 'TIMED_OUT')) await cancel(actor, task.id, signal);
        return;
      }
      if (isDelivered && remoteTaskId === null) return;
      const reply = isDelivered && remoteTaskId !== null ? await poll(errand, actor, remoteTaskId, signal) : await send(errand, actor, signal);
      await record(actor, errand, reply);
      if (task === null) return;
      // As it is here: a question that was answered already is no question, though the agent may still show it.
      const state = await stateOf(actor, task);
      if (state === null || state === 'INPUT_REQUIRED') return;
      if (!isFinal(state)) throw again(message, 'the agent works on it');
      // It ended here while the agent was asked.
      if (reply.kind === 'task' && !isFinal(reply.task.state)) await cancel(actor, task.id, signal);
    },

    async fail(actor, messageId, error) {
      const [message] = await a2a.getMessages(actor, [messageId]);
      const taskId = message?.taskId ?? null;
      if (taskId === null) return;
      await transact(async (stores) => {
        const task = await stores.a2a.lockTask(actor, taskId);
        if (task === null || isFinal(task.state)) return;
        await tellTask(stores.feed, actor, [await stores.a2a.saveTask(actor, taskId, { ...task, state: 'FAILED', reason: inWords(error) })]);
      });
    },

    cancel,

    async look(actor, agentId, signal) {
      const [agent] = await agents.getMany(actor, [agentId]);
      if (agent === undefined || agent === null || agent.url === null) return;
      try {
        await call(actor, { id: agent.id, url: agent.url, remote: null }, () => Promise.resolve(), signal);
      } catch (error) {
        // What keeps it from answering is the agent's `failure` now; the sweepers ask again.
        if (!(error instanceof GatewayError)) throw error;
      }
    },
  };
}

/** For callers to read: nothing of what is not foreseen. */
const inWords = (error: unknown): string =>
  (error instanceof GatewayError ? `${error.details.reason ?? error.code}: ${error.message}` : 'the message could not be handed over for a reason inside the gateway').slice(0, MAX_REASON).toWellFormed();
