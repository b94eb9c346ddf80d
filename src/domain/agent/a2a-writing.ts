import { createHash } from 'node:crypto';
import type { Actor } from '../../kernel/actor';
import { conflict, GatewayError, notFound } from '../../kernel/errors';
import { isUuid, newId } from '../../kernel/ids';
import { canonicalJson, type JsonObject } from '../../kernel/json';
import { isStorableText } from '../../kernel/scope';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { FeedStore } from '../feed/feed';
import type { IdempotencyStore } from '../idempotency/idempotency';
import type { Ids } from '../idempotency/once';
import type { NewEvent } from '../session/event';
import { draftEvent } from '../session/event-draft';
import type { EventStore, SessionStore } from '../session/session.store';
import { applyPatch } from '../session/state';
import { isAnswered, type A2AMessage, type A2ATask, type A2ATaskUpdate, type NewA2AMessage } from './a2a';
import { eventOf } from './a2a-event';
import { DEFAULT_TIMEOUT_SECONDS, requireApart, requireOpen } from './a2a-rules';
import { deliver, tellTask } from './a2a-telling';
import type { A2AStore } from './a2a.store';
import type { Agent } from './agent';
import { requireSpeaker } from './agent-rules';
import type { AgentStore } from './agent.store';

export interface A2AStores {
  readonly a2a: A2AStore;
  readonly agents: AgentStore;
  readonly sessions: Pick<SessionStore, 'getMany'>;
  readonly events: Pick<EventStore, 'flush'>;
  readonly feed: FeedStore;
  readonly outbox: JobOutbox;
  readonly idempotency: IdempotencyStore;
}

/** Of everything that was said: the same message id with other words is no repetition. */
export const hashOf = (body: object): Buffer => createHash('sha256').update(canonicalJson(body)).digest();

/** The same message that came twice at once: the second run finds what the first one left. */
export async function repeated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DuplicateMessage)) throw error;
    return work();
  }
}

/** Thrown when the same sender sent the same message id meanwhile; the transaction is void and may be run again. */
class DuplicateMessage extends Error {
  override readonly name = 'DuplicateMessage';
}

/** Inside a transaction: the event, the message, the task and the inbox's entry, all or none. Locks are taken in the order session, task. */
export async function sendMessage(stores: A2AStores, actor: Actor, input: NewA2AMessage, bodyHash: Buffer, now: Date): Promise<Ids<'id'>> {
  const { a2a, feed, outbox } = stores;
  if (input.fromAgentId !== null) requireSpeaker(actor, await agentOf(stores, actor, input.fromAgentId, 'input.fromAgentId'), 'input.fromAgentId');
  const sender = senderOf(actor, input.fromAgentId);
  const sent = await replayed(stores, actor, sender, input.messageId, bodyHash);
  if (sent !== null) return { id: sent.id };
  const to = await agentOf(stores, actor, input.toAgentId, 'input.toAgentId');
  const continued = input.taskId === null ? null : await continuedTask(stores, actor, input, input.taskId);
  const { messageId, sessionId, kind, fromAgentId, parts, invocationId, metadata } = input;
  const message = {
    id: newId(now.getTime()), messageId, sessionId: sessionId.toLowerCase(), kind, fromAgentId, toAgentId: to.id, parts, metadata,
    invocationId: invocationId ?? continued?.invocationId ?? null, taskId: kind === 'NOTIFICATION' ? null : (continued?.id ?? newId(now.getTime())),
  };
  const workSessionId = continued?.workSessionId ?? input.workSessionId;
  const seq = await record(stores, actor, message, input.stateDelta, workSessionId, await handedDown(stores, actor, input), now);
  if (!(await a2a.insertMessage(actor, { ...message, seq, sender, bodyHash }))) throw new DuplicateMessage();
  await deliver(feed, actor, message);
  if (to.url !== null) await outbox.enqueue(actor, 'a2a.delivery', { tenantId: actor.tenantId, messageId: message.id });
  if (message.taskId === null) return { id: message.id };
  if (continued === null) {
    const { id, ...rest } = { ...message, id: message.taskId, workSessionId };
    await tellTask(feed, actor, [await a2a.insertTask(actor, { id, ...rest, timeoutSeconds: input.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS })]);
    return { id: message.id };
  }
  const task = await lockOpen(a2a, actor, continued.id);
  if (isAnswered(task.state)) await tellTask(feed, actor, [await a2a.saveTask(actor, task.id, { ...task, state: 'WORKING', reason: null })]);
  return { id: message.id };
}

/** Inside a transaction, as `sendMessage`: the agent's word on its task, with a message when it has parts. */
export async function answerTask(
  stores: A2AStores, actor: Actor, task: A2ATask, update: A2ATaskUpdate & { readonly messageId: string }, bodyHash: Buffer, now: Date,
): Promise<Ids<'id'>> {
  const { a2a, feed } = stores;
  requireSpeaker(actor, await agentOf(stores, actor, task.toAgentId));
  const workSessionId = update.workSessionId?.toLowerCase() ?? task.workSessionId;
  requireApart(workSessionId, task.sessionId);
  await requireSession(stores, actor, update.workSessionId);
  let responseId = task.responseId;
  if (update.parts.length > 0) {
    const sender = senderOf(actor, task.toAgentId);
    const sent = await replayed(stores, actor, sender, update.messageId, bodyHash);
    if (sent !== null) return { id: task.id };
    const message = {
      id: newId(now.getTime()), messageId: update.messageId, sessionId: task.sessionId, taskId: task.id, kind: 'RESPONSE' as const, fromAgentId: task.toAgentId,
      toAgentId: task.fromAgentId, invocationId: task.invocationId, parts: update.parts, metadata: update.metadata,
    };
    const seq = await record(stores, actor, message, update.stateDelta, workSessionId, null, now);
    if (!(await a2a.insertMessage(actor, { ...message, seq, sender, bodyHash }))) throw new DuplicateMessage();
    await deliver(feed, actor, message);
    responseId = message.id;
  }
  await lockOpen(a2a, actor, task.id);
  await tellTask(feed, actor, [await a2a.saveTask(actor, task.id, { state: update.state, reason: update.reason, responseId, workSessionId })]);
  return { id: task.id };
}

/** Inside a transaction. */
export async function cancelTask({ a2a, agents, feed, outbox }: A2AStores, actor: Actor, id: string, reason: string | null): Promise<Ids<'id'>> {
  const task = await lockOpen(a2a, actor, id);
  const [caller] = task.fromAgentId === null ? [] : await agents.getMany(actor, [task.fromAgentId]);
  requireSpeaker(actor, caller ?? { id: task.fromAgentId ?? 'of the application', principalId: task.principalId });
  await tellTask(feed, actor, [await a2a.saveTask(actor, id, { ...task, state: 'CANCELED', reason })]);
  const [asked] = await agents.getMany(actor, [task.toAgentId]);
  if (typeof asked?.url === 'string') await outbox.enqueue(actor, 'a2a.cancellation', { tenantId: actor.tenantId, taskId: task.id });
  return { id: task.id };
}

const senderOf = (actor: Actor, agentId: string | null): string => (agentId === null ? `principal:${actor.principalId}` : `agent:${agentId}`);

async function agentOf({ agents }: A2AStores, actor: Actor, id: string, field?: string): Promise<Agent> {
  const [agent] = isStorableText(id) ? await agents.getMany(actor, [id]) : [];
  if (agent === undefined || agent === null) throw new GatewayError('NOT_FOUND', `agent ${id} does not exist`, field === undefined ? {} : { field });
  return agent;
}

/** @throws GatewayError CONFLICT when the id stands for another message */
async function replayed({ a2a }: A2AStores, actor: Actor, sender: string, messageId: string, bodyHash: Buffer): Promise<A2AMessage | null> {
  const sent = await a2a.findSent(actor, sender, messageId);
  if (sent !== null && !sent.bodyHash.equals(bodyHash)) {
    throw conflict(`message id ${JSON.stringify(messageId)} was already used for another message`, 'MESSAGE_ID_REUSED', 'input.messageId');
  }
  return sent?.message ?? null;
}

async function continuedTask({ a2a }: A2AStores, actor: Actor, { sessionId, fromAgentId, toAgentId }: NewA2AMessage, taskId: string): Promise<A2ATask> {
  const [task] = isUuid(taskId) ? await a2a.getTasks(actor, [taskId]) : [];
  const isTheirs = task !== undefined && task !== null && task.sessionId === sessionId.toLowerCase() && task.fromAgentId === fromAgentId && task.toAgentId === toAgentId
    && (fromAgentId !== null || task.principalId === actor.principalId || actor.roles.includes('admin'));
  if (!isTheirs) throw new GatewayError('NOT_FOUND', `there is no task ${taskId} of this caller, agent and session`, { field: 'input.taskId' });
  return task;
}

async function lockOpen(a2a: A2AStore, actor: Actor, id: string): Promise<A2ATask> {
  const task = await a2a.lockTask(actor, id);
  if (task === null) throw notFound('task', id);
  requireOpen(task);
  return task;
}

/** The keys of the caller's own state that are asked for, as they stand with this message. */
async function handedDown(stores: A2AStores, actor: Actor, { sessionId, handDown, stateDelta }: NewA2AMessage): Promise<JsonObject | null> {
  if (handDown.length === 0) return null;
  const state = applyPatch((await requireSession(stores, actor, sessionId))?.state ?? {}, stateDelta ?? {});
  return Object.fromEntries(Object.entries(state).filter(([key]) => handDown.includes(key)));
}

async function requireSession({ sessions }: A2AStores, actor: Actor, id: string | null) {
  if (id === null) return null;
  const [session] = isUuid(id) ? await sessions.getMany(actor, [id]) : [];
  if (session === undefined || session === null) throw notFound('session', id);
  return session;
}

/** Appends the message to its session, and to the work session if there is one, in one flush. @returns its seq in the former */
async function record(
  { events }: A2AStores, actor: Actor, message: Omit<A2AMessage, 'seq' | 'createdAt'>,
  stateDelta: JsonObject | null, workSessionId: string | null, workDelta: JsonObject | null, now: Date,
): Promise<number> {
  const append = (sessionId: string, event: NewEvent) => {
    if (!isUuid(sessionId)) throw notFound('session', sessionId);
    return { actor, sessionId: sessionId.toLowerCase(), events: [draftEvent(event, 'input', now)], expectedVersion: null, idempotency: null };
  };
  const own = append(message.sessionId, eventOf(message, message.id, stateDelta));
  const work = workSessionId === null ? [] : [append(workSessionId, eventOf(message, newId(now.getTime()), workDelta))];
  const [appended, ...others] = await events.flush([own, ...work]);
  for (const outcome of [appended, ...others]) if (outcome instanceof Error) throw outcome;
  const event = appended === undefined || appended instanceof Error ? undefined : appended.events[0];
  if (event === undefined) throw new Error('a flush lost a result');
  return event.seq;
}
