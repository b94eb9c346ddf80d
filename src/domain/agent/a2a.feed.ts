import { requireRole, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { notFound } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { isStorableText } from '../../kernel/scope';
import type { FeedStore, StampedEntry } from '../feed/feed';
import { mapItems, only, parsePosition, present, through } from '../feed/iterate';
import type { StampedFeed } from '../feed/stamped-feed';
import { A2A_TASK_STATES, inboxTopic, isFinal, taskTopic, type A2ATask, type A2ATaskEvent, type InboxItem } from './a2a';
import type { A2AStore } from './a2a.store';
import type { Agent } from './agent';
import { requireSpeaker } from './agent-rules';
import type { AgentStore } from './agent.store';

export interface A2AFeed {
  /**
   * Messages for the agent after the cursor (without one, after what it has acknowledged), then live; each once, in one order.
   * Messages of sessions that are gone, or that the actor may not see, are passed over. While it is open the agent is online.
   * @throws GatewayError NOT_FOUND (also later, when the agent is removed), FORBIDDEN, BAD_USER_INPUT for a malformed cursor
   */
  inbox(actor: Actor, agentId: string, after: string | null, signal: AbortSignal): Promise<AsyncIterable<InboxItem>>;
  /** Steps of a task after the cursor (from its first without one), then live; ends after its last. @throws GatewayError NOT_FOUND */
  task(actor: Actor, taskId: string, after: string | null, signal: AbortSignal): Promise<AsyncIterable<A2ATaskEvent>>;
}

interface A2AFeedDeps {
  readonly agents: Pick<AgentStore, 'getMany' | 'beat'>;
  readonly a2a: Pick<A2AStore, 'getMessages' | 'getTasks'>;
  readonly feed: Pick<FeedStore, 'read'>;
  readonly follow: StampedFeed;
  readonly clock: Clock;
}

/** A step is stamped within milliseconds; a task that ended longer ago has no step on the way. */
const SETTLED_MS = 60_000;

export function createA2AFeed({ agents, a2a, feed, follow, clock }: A2AFeedDeps): A2AFeed {
  const agentOf = async (actor: Actor, id: string): Promise<Agent> => {
    const [agent] = isStorableText(id) ? await agents.getMany(actor, [id]) : [];
    if (agent === undefined || agent === null) throw notFound('agent', id);
    requireSpeaker(actor, agent);
    return agent;
  };
  const taskOf = async (actor: Actor, id: string): Promise<A2ATask> => {
    const [task] = isUuid(id) ? await a2a.getTasks(actor, [id]) : [];
    if (task === undefined || task === null) throw notFound('task', id);
    return task;
  };

  return {
    async inbox(actor, agentId, after, signal) {
      requireRole(actor, 'reader');
      const { acknowledged } = await agentOf(actor, agentId);
      await agents.beat(actor, agentId, 0);
      const listening = async (): Promise<void> => {
        await agentOf(actor, agentId);
        await agents.beat(actor, agentId, 0);
      };
      const entries = await follow(actor, inboxTopic(agentId), after ?? String(acknowledged), signal, listening);
      return present(mapItems(entries, async ({ position, ref }): Promise<InboxItem | null> => {
        const [message] = await a2a.getMessages(actor, [textOf(ref['messageId']) ?? '']);
        return message === undefined || message === null ? null : { cursor: String(position), message };
      }));
    },

    async task(actor, taskId, after, signal) {
      requireRole(actor, 'reader');
      const task = await taskOf(actor, taskId);
      const { id, finishedAt } = task;
      const position = parsePosition(after) ?? 0;
      const [seen] = position === 0 ? [] : await feed.read(actor, taskTopic(id), position - 1, 1);
      if (seen?.position === position && isFinal(stepOf(id, seen).state)) return only([]);
      const [next] = await feed.read(actor, taskTopic(id), position, 1);
      // Feeds forget after a week; the state as it is answers for the steps then.
      if (next === undefined && finishedAt !== null && clock.now().getTime() - finishedAt.getTime() > SETTLED_MS) {
        return only([{ cursor: String(position), taskId: id, state: task.state, reason: task.reason, messageId: task.responseId }]);
      }
      const steps = await follow(actor, taskTopic(id), String(position), signal, () => taskOf(actor, id));
      return through(mapItems(steps, (entry) => stepOf(id, entry)), ({ state }) => isFinal(state));
    },
  };
}

function stepOf(taskId: string, { position, ref }: StampedEntry): A2ATaskEvent {
  const state = A2A_TASK_STATES.find((known) => known === ref['state']);
  if (state === undefined) throw new Error(`a feed entry holds ${JSON.stringify(ref['state'])} where the state of a task belongs`);
  return { cursor: String(position), taskId, state, reason: textOf(ref['reason']), messageId: textOf(ref['messageId']) };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
