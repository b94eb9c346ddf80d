import { requireRole, type Actor } from '../../kernel/actor';
import { badInput, conflict, notFound } from '../../kernel/errors';
import { toPage, type Page, type PageRequest } from '../../kernel/page';
import { isStorableText } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { RemoteAgents } from '../../platform/a2a/remote-agents.port';
import type { JobOutbox } from '../../platform/queue/queue.port';
import { parsePosition } from '../feed/iterate';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { FeedStore } from '../feed/feed';
import { tellTask } from './a2a-telling';
import type { A2AStore } from './a2a.store';
import type { Agent, AgentFilter, NewAgent } from './agent';
import { draftAgent, requireSpeaker, speaksFor } from './agent-rules';
import type { AgentStore } from './agent.store';

const MAX_AGENTS = 1000;
const ABANDON_BATCH = 500;

export interface AgentService {
  find(actor: Actor, id: string): Promise<Agent | null>;
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Agent | null)[]>;
  /** By id. */
  list(actor: Actor, filter: AgentFilter, position: PageRequest): Promise<Page<Agent>>;
  /**
   * Makes the agent, or gives it the new card when the actor may speak for it; an administrator takes it over.
   * @throws GatewayError BAD_USER_INPUT, CONFLICT when another key has the id
   */
  register(actor: Actor, input: NewAgent, options?: WriteOptions): Promise<Agent>;
  /** Its unfinished tasks fail (AGENT_REMOVED); messages stay in their sessions. @throws GatewayError NOT_FOUND, FORBIDDEN */
  deregister(actor: Actor, id: string, options?: WriteOptions): Promise<void>;
  /** Says that it is there, and how far it has read. @throws GatewayError NOT_FOUND, FORBIDDEN, BAD_USER_INPUT for a malformed cursor */
  heartbeat(actor: Actor, id: string, acknowledged: string | null, options?: WriteOptions): Promise<Agent>;
}

interface WriteOptions {
  readonly idempotency?: IdempotencyKey | null;
}

interface Stores {
  readonly agents: AgentStore;
  readonly a2a: Pick<A2AStore, 'abandon'>;
  readonly feed: FeedStore;
  readonly outbox: JobOutbox;
  readonly idempotency: IdempotencyStore;
}

interface AgentServiceDeps {
  readonly agents: AgentStore;
  readonly remote: Pick<RemoteAgents, 'refusal'>;
  readonly transact: Transact<Stores>;
}

export function createAgentService({ agents, remote, transact }: AgentServiceDeps): AgentService {
  const find: AgentService['find'] = async (actor, id) => {
    requireRole(actor, 'reader');
    const [agent] = isStorableText(id) ? await agents.getMany(actor, [id]) : [];
    return agent ?? null;
  };
  const get = async (actor: Actor, id: string): Promise<Agent> => {
    const agent = await find(actor, id);
    if (agent === null) throw notFound('agent', id);
    return agent;
  };
  /** Runs a change of the locked agent, once. */
  const change = async (actor: Actor, id: string, key: IdempotencyKey | null | undefined, work: (stores: Stores, agent: Agent) => Promise<void>): Promise<void> => {
    requireRole(actor, 'writer');
    if (!isStorableText(id)) throw notFound('agent', id);
    await transact((stores) => once(stores.idempotency, actor, key, async () => {
      const agent = await stores.agents.lock(actor, id);
      if (agent === null) throw notFound('agent', id);
      requireSpeaker(actor, agent);
      await work(stores, agent);
      return { agentId: id };
    }));
  };

  return {
    find,

    async getMany(actor, ids) {
      requireRole(actor, 'reader');
      return agents.getMany(actor, ids);
    },

    async list(actor, filter, { limit, after }) {
      requireRole(actor, 'reader');
      if (!isStorableText(filter.skill ?? '') || !isStorableText(after ?? '')) return { items: [], hasMore: false };
      return toPage(await agents.list(actor, filter, { limit: limit + 1, after }), limit);
    },

    async register(actor, input, { idempotency } = {}) {
      requireRole(actor, 'writer');
      const draft = draftAgent(input, remote.refusal);
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        // Made by another caller between the look and the insert, it is looked at again, and is there then.
        while (!(await write(stores.agents, actor, draft)));
        if (draft.url !== null) await stores.outbox.enqueue(actor, 'agent.card', { tenantId: actor.tenantId, agentId: draft.id }, 'INTERACTIVE');
        return { agentId: draft.id };
      }));
      return get(actor, draft.id);
    },

    deregister: (actor, id, { idempotency } = {}) =>
      change(actor, id, idempotency, async ({ agents, a2a, feed }) => {
        await agents.remove(actor, id);
        for (let tasks; (tasks = await a2a.abandon(actor, id, ABANDON_BATCH)).length > 0;) await tellTask(feed, actor, tasks);
      }),

    async heartbeat(actor, id, acknowledged, { idempotency } = {}) {
      const position = parsePosition(acknowledged, 'acknowledged') ?? 0;
      await change(actor, id, idempotency, async ({ agents }, { url }) => {
        if (url !== null) throw badInput('id', 'an agent on another server says that it is there by answering', 'REMOTE_AGENT');
        await agents.beat(actor, id, position);
      });
      return get(actor, id);
    },
  };
}

/** @returns false when another caller made the agent meanwhile, which left nothing to lock */
async function write(agents: AgentStore, actor: Actor, draft: Parameters<AgentStore['insert']>[1]): Promise<boolean> {
  const stored = await agents.lock(actor, draft.id);
  if (stored === null) {
    if ((await agents.count(actor)) >= MAX_AGENTS) throw conflict(`a tenant has at most ${MAX_AGENTS} agents`, 'TOO_MANY_AGENTS');
    return agents.insert(actor, draft);
  }
  if (!speaksFor(actor, stored)) throw conflict(`agent ${draft.id} was registered by another key`, 'ALREADY_EXISTS', 'input.id');
  await agents.update(actor, draft);
  return true;
}
