import type { RemoteAgent, RemoteStore } from '../domain/agent/remote.store';
import type { RemoteInterface } from '../platform/a2a/remote-agents.port';
import { LATER } from './agent.store';
import { prepared, type Sql } from './sql';

interface AgentColumns {
  readonly agent_id: string;
  readonly url: string;
  readonly remote: RemoteInterface | null;
}

interface DeliveryRow extends AgentColumns {
  readonly is_delivered: boolean;
  readonly remote_task_id: string | null;
  readonly remote_context_id: string | null;
}

const AGENT = 'a.id as agent_id, a.url, a.remote';

const DELIVERY = prepared('remote.delivery', `
  select m.delivered_at is not null as is_delivered, ${AGENT}, t.remote_task_id, coalesce(t.remote_context_id, (
    select o.remote_context_id from a2a_tasks o
    where o.tenant_id = m.tenant_id and o.session_id = m.session_id and o.to_agent = m.to_agent and o.remote_context_id is not null
    order by o.id desc limit 1)) as remote_context_id
  from a2a_messages m
  join agents a on a.tenant_id = m.tenant_id and a.id = m.to_agent and a.url is not null
  left join a2a_tasks t on t.tenant_id = m.tenant_id and t.id = m.task_id
  where m.tenant_id = $1 and m.id = $2`);
const MARK = prepared('remote.markDelivered', `update a2a_messages set delivered_at = now() where tenant_id = $1 and id = $2`);
const NAME = prepared('remote.nameTask', `
  update a2a_tasks set remote_task_id = coalesce($3, remote_task_id), remote_context_id = coalesce($4, remote_context_id) where tenant_id = $1 and id = $2`);
const TASK = prepared('remote.taskElsewhere', `
  select ${AGENT}, t.remote_task_id from a2a_tasks t join agents a on a.tenant_id = t.tenant_id and a.id = t.to_agent and a.url is not null
  where t.tenant_id = $1 and t.id = $2 and t.remote_task_id is not null`);
const NEXT_LOOK = `now() + make_interval(secs => greatest(heartbeat_seconds / 2, 20))`;
// Another address may have been registered meanwhile: this says nothing of it.
const ANSWERED = prepared('remote.answered', `
  update agents set last_seen_at = now(), failure = null, remote = $4, look_at = ${NEXT_LOOK} where tenant_id = $1 and id = $2 and url = $3`);
const MISSED = prepared('remote.missed', `update agents set failure = $3, look_at = ${NEXT_LOOK} where tenant_id = $1 and id = $2 and url is not null`);
const TAKE_DUE = prepared('remote.takeDue', `
  update agents set look_at = ${LATER} where (tenant_id, id) in (
    select tenant_id, id from agents where url is not null and look_at <= now() order by look_at limit $1 for update skip locked)
  returning tenant_id, id`);

export function createRemoteStore(sql: Sql): RemoteStore {
  return {
    async delivery(actor, messageId) {
      const [row] = await sql.query<DeliveryRow>(DELIVERY, [actor.tenantId, messageId]);
      if (row === undefined) return null;
      return { isDelivered: row.is_delivered, agent: agentOf(row), remoteTaskId: row.remote_task_id, remoteContextId: row.remote_context_id };
    },
    async delivered(actor, { id, taskId }, ids) {
      if (taskId !== null) await sql.query(NAME, [actor.tenantId, taskId, ids.taskId, ids.contextId]);
      await sql.query(MARK, [actor.tenantId, id]);
    },
    async taskElsewhere(actor, taskId) {
      const [row] = await sql.query<AgentColumns & { readonly remote_task_id: string }>(TASK, [actor.tenantId, taskId]);
      return row === undefined ? null : { agent: agentOf(row), remoteTaskId: row.remote_task_id };
    },
    async answered(actor, { id, url }, at) {
      await sql.query(ANSWERED, [actor.tenantId, id, url, JSON.stringify(at)]);
    },
    async missed(actor, agentId, failure) {
      await sql.query(MISSED, [actor.tenantId, agentId, failure]);
    },
    async takeDue(limit) {
      const rows = await sql.query<{ tenant_id: string; id: string }>(TAKE_DUE, [limit]);
      return rows.map(({ tenant_id, id }) => ({ tenantId: tenant_id, agentId: id }));
    },
  };
}

const agentOf = ({ agent_id, url, remote }: AgentColumns): RemoteAgent => ({ id: agent_id, url, remote });
