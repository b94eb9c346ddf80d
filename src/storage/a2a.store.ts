import { isFinal, taskBusTopic } from '../domain/agent/a2a';
import type { A2AStore } from '../domain/agent/a2a.store';
import type { Actor } from '../kernel/actor';
import type { Bus } from '../platform/bus/bus.port';
import { toMessage, toTask, type MessageRow, type TaskRow } from './a2a-row';
import { inOrderOf } from './in-order-of';
import { limitHashes, visibleTo } from './scope-limits';
import { EVENTS_NAMESPACE } from './session.store';
import { prepared, type Sql } from './sql';

const MESSAGE = `m.id, m.message_id, m.body_hash, m.session_id, m.seq, m.task_id, m.kind, m.from_agent, m.to_agent, m.invocation_id, m.parts, m.metadata, m.created_at`;
const TASK = `t.tenant_id, t.id, t.session_id, t.work_session_id, t.from_agent, t.to_agent, t.principal_id, t.invocation_id, t.state, t.reason, t.response_id,
  t.due_at, t.created_at, t.updated_at, t.finished_at`;
const VISIBLE = `s.tenant_id = $1 and (s.expires_at is null or s.expires_at > now()) and ($2::bigint[] is null or s.scope_sub && $2)`;
const ofSession = (table: string, alias: string): string => `sessions s join ${table} ${alias} on ${alias}.tenant_id = s.tenant_id and ${alias}.session_id = s.id`;

const GET_MESSAGES = prepared('a2a.getMessages', `
  select ${MESSAGE}, s.scope from ${ofSession('a2a_messages', 'm')} where ${VISIBLE} and m.id = any ($3::uuid[])`);
const GET_TASKS = prepared('a2a.getTasks', `
  select ${TASK}, s.scope from ${ofSession('a2a_tasks', 't')} where ${VISIBLE} and t.id = any ($3::uuid[])`);
const MESSAGES_OF_SESSIONS = prepared('a2a.listMessagesOfSessions', `
  select ${MESSAGE}, s.scope from sessions s cross join lateral (
    select * from a2a_messages where tenant_id = s.tenant_id and session_id = s.id and seq > $4 order by seq limit $5) m
  where ${VISIBLE} and s.id = any ($3::uuid[]) order by m.session_id, m.seq`);
const MESSAGES_OF_TASKS = prepared('a2a.listMessagesOfTasks', `
  select ${MESSAGE}, s.scope from ${ofSession('a2a_tasks', 't')} cross join lateral (
    select * from a2a_messages where tenant_id = t.tenant_id and task_id = t.id and seq > $4 order by seq limit $5) m
  where ${VISIBLE} and t.id = any ($3::uuid[]) order by m.task_id, m.seq`);
const LIST_TASKS = prepared('a2a.listTasks', `
  select ${TASK}, s.scope from ${ofSession('a2a_tasks', 't')}
  where ${VISIBLE} and ($3::uuid is null or t.session_id = $3) and ($4::text is null or t.to_agent = $4) and ($5::text is null or t.state = $5)
    and ($6::uuid is null or t.id < $6)
  order by t.id desc limit $7`);

const FIND_SENT = prepared('a2a.findSent', `select ${MESSAGE} from a2a_messages m where m.tenant_id = $1 and m.sender = $2 and m.message_id = $3`);
const INSERT_MESSAGE = prepared('a2a.insertMessage', `
  insert into a2a_messages (tenant_id, id, sender, message_id, body_hash, session_id, seq, task_id, kind, from_agent, to_agent, invocation_id, parts, metadata)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing returning id`);
const INSERT_TASK = prepared('a2a.insertTask', `
  insert into a2a_tasks as t (tenant_id, id, session_id, work_session_id, from_agent, to_agent, principal_id, invocation_id, state, due_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, 'SUBMITTED', now() + make_interval(secs => $9)) returning ${TASK}`);
const LOCK_TASK = prepared('a2a.lockTask', `
  select ${TASK}, s.scope from ${ofSession('a2a_tasks', 't')} where ${VISIBLE} and t.id = $3 for update of t`);
const SAVE_TASK = prepared('a2a.saveTask', `
  update a2a_tasks t set state = $3, reason = $4, response_id = $5, work_session_id = $6, updated_at = now(), finished_at = case when $7 then now() end
  where t.tenant_id = $1 and t.id = $2 returning ${TASK}`);
const FAIL = `update a2a_tasks t set state = 'FAILED', updated_at = now(), finished_at = now()`;
const ABANDON = prepared('a2a.abandon', `
  ${FAIL}, reason = 'AGENT_REMOVED' where (t.tenant_id, t.id) in (
    select tenant_id, id from a2a_tasks where tenant_id = $1 and to_agent = $2 and finished_at is null order by id limit $3 for update)
  returning ${TASK}`);
const TIME_OUT = prepared('a2a.timeOut', `
  ${FAIL}, reason = 'TIMED_OUT' where (t.tenant_id, t.id) in (
    select tenant_id, id from a2a_tasks where finished_at is null and due_at <= now() order by due_at limit $1 for update skip locked)
  returning ${TASK}`);

export function createA2AStore(sql: Sql, bus: Bus): A2AStore {
  const visible = (actor: Actor): unknown[] => [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE)];
  const messages = async (actor: Actor, statement: typeof GET_MESSAGES, values: readonly unknown[]) =>
    visibleTo(actor, await sql.query<MessageRow>(statement, [...visible(actor), ...values]));
  const tasks = async (actor: Actor, statement: typeof GET_TASKS, values: readonly unknown[]) =>
    visibleTo(actor, await sql.query<TaskRow>(statement, [...visible(actor), ...values])).map(toTask);
  /** Whoever waits for these tasks looks at them. */
  const changed = (rows: readonly Omit<TaskRow, 'scope'>[]) => {
    sql.afterCommit(() => { for (const { tenant_id, id } of rows) bus.notify(taskBusTopic(tenant_id, id)); });
    return rows.map((row) => ({ tenantId: row.tenant_id, task: toTask(row) }));
  };
  const one = <T>([item]: readonly T[]): T => {
    if (item === undefined) throw new Error('a task vanished inside its transaction');
    return item;
  };

  return {
    async getMessages(actor, ids) {
      const byId = new Map((await messages(actor, GET_MESSAGES, [ids])).map((row) => [row.id, toMessage(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },
    async getTasks(actor, ids) {
      const byId = new Map((await tasks(actor, GET_TASKS, [ids])).map((task) => [task.id, task]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },
    async messagesOfSessions(actor, sessionIds, { limit, afterSeq }) {
      return inOrderOf(sessionIds, await messages(actor, MESSAGES_OF_SESSIONS, [sessionIds, afterSeq, limit]), (row) => row.session_id, toMessage);
    },
    async messagesOfTasks(actor, taskIds, { limit, afterSeq }) {
      return inOrderOf(taskIds, await messages(actor, MESSAGES_OF_TASKS, [taskIds, afterSeq, limit]), (row) => row.task_id ?? '', toMessage);
    },
    listTasks: (actor, { sessionId, agentId, state }, { limit, after }) =>
      tasks(actor, LIST_TASKS, [sessionId ?? null, agentId ?? null, state ?? null, after, limit]),

    async findSent(actor, sender, messageId) {
      const [row] = await sql.query<MessageRow>(FIND_SENT, [actor.tenantId, sender, messageId]);
      return row === undefined ? null : { message: toMessage(row), bodyHash: row.body_hash };
    },
    async insertMessage(actor, draft) {
      const inserted = await sql.query(INSERT_MESSAGE, [
        actor.tenantId, draft.id, draft.sender, draft.messageId, draft.bodyHash, draft.sessionId, draft.seq, draft.taskId, draft.kind,
        draft.fromAgentId, draft.toAgentId, draft.invocationId, JSON.stringify(draft.parts), JSON.stringify(draft.metadata),
      ]);
      return inserted.length > 0;
    },
    async insertTask(actor, draft) {
      return toTask(one(await sql.query<TaskRow>(INSERT_TASK, [
        actor.tenantId, draft.id, draft.sessionId, draft.workSessionId, draft.fromAgentId, draft.toAgentId, actor.principalId, draft.invocationId, draft.timeoutSeconds,
      ])));
    },
    async lockTask(actor, id) {
      return (await tasks(actor, LOCK_TASK, [id]))[0] ?? null;
    },
    async saveTask(actor, id, { state, reason, responseId, workSessionId }) {
      return one(changed(await sql.query<TaskRow>(SAVE_TASK, [actor.tenantId, id, state, reason, responseId, workSessionId, isFinal(state)]))).task;
    },
    abandon: async (actor, agentId, limit) => changed(await sql.query<TaskRow>(ABANDON, [actor.tenantId, agentId, limit])).map(({ task }) => task),
    timeOut: async (limit) => changed(await sql.query<TaskRow>(TIME_OUT, [limit])),
  };
}
