import type { Agent, AgentSkill } from '../domain/agent/agent';
import type { AgentDraft, AgentStore } from '../domain/agent/agent.store';
import type { Actor } from '../kernel/actor';
import type { JsonObject } from '../kernel/json';
import type { RemoteInterface } from '../platform/a2a/remote-agents.port';
import { prepared, type Sql } from './sql';

interface AgentRow {
  readonly id: string;
  readonly principal_id: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly skills: readonly AgentSkill[];
  readonly input_modes: readonly string[];
  readonly output_modes: readonly string[];
  readonly metadata: JsonObject;
  readonly url: string | null;
  readonly remote: RemoteInterface | null;
  readonly failure: string | null;
  readonly heartbeat_seconds: number;
  readonly last_seen_at: Date | null;
  readonly online: boolean;
  readonly inbox_position: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** One on another server is asked no more often than the sweepers come by, and is offline with the first call that fails. */
const ONLINE = `coalesce(failure is null and last_seen_at > now() - make_interval(secs => case when url is null then heartbeat_seconds else greatest(heartbeat_seconds, 90) end), false)`;
const COLUMNS = `id, principal_id, name, description, version, skills, input_modes, output_modes, metadata, url, remote, failure, heartbeat_seconds, last_seen_at,
  ${ONLINE} as online, inbox_position, created_at, updated_at`;

/** Whoever changes this asks for a look at the agent too; if it is lost, the sweepers ask by then. */
export const LATER = `now() + interval '1 hour'`;

const GET_MANY = prepared('agent.getMany', `select ${COLUMNS} from agents where tenant_id = $1 and id = any ($2::text[])`);
const LIST = prepared('agent.list', `
  select ${COLUMNS} from agents where tenant_id = $1 and ($3::text is null or id > $3) and ($4::boolean is null or ${ONLINE} = $4)
    and ($2::text is null or exists (select from jsonb_array_elements(skills) s where s ->> 'id' = $2 or s -> 'tags' ? $2))
  order by id limit $5`);
const LOCK = prepared('agent.lock', `select ${COLUMNS} from agents where tenant_id = $1 and id = $2 for update`);
const INSERT = prepared('agent.insert', `
  insert into agents (tenant_id, id, principal_id, name, description, version, skills, input_modes, output_modes, metadata, heartbeat_seconds, url, last_seen_at, look_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $12::text is null then now() end, case when $12::text is not null then ${LATER} end) on conflict do nothing returning id`);
const UPDATE = prepared('agent.update', `
  update agents set principal_id = $3, name = $4, description = $5, version = $6, skills = $7, input_modes = $8, output_modes = $9, metadata = $10,
    heartbeat_seconds = $11, url = $12, last_seen_at = case when $12::text is null then now() when url = $12 then last_seen_at end,
    remote = case when url = $12 then remote end, failure = case when url = $12 then failure end, look_at = case when $12::text is not null then ${LATER} end, updated_at = now()
  where tenant_id = $1 and id = $2`);
const REMOVE = prepared('agent.remove', `delete from agents where tenant_id = $1 and id = $2`);
const COUNT = prepared('agent.count', `select count(*)::int as agents from agents where tenant_id = $1`);
const BEAT = prepared('agent.beat', `
  update agents set last_seen_at = case when url is null then now() else last_seen_at end, inbox_position = greatest(inbox_position, $3) where tenant_id = $1 and id = $2`);

export function createAgentStore(sql: Sql): AgentStore {
  return {
    async getMany(actor, ids) {
      const rows = await sql.query<AgentRow>(GET_MANY, [actor.tenantId, ids]);
      const byId = new Map(rows.map((row) => [row.id, toAgent(row)]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async list(actor, { skill, online }, { limit, after }) {
      return (await sql.query<AgentRow>(LIST, [actor.tenantId, skill ?? null, after, online ?? null, limit])).map(toAgent);
    },
    insert: async (actor, draft) => (await sql.query(INSERT, valuesOf(actor, draft))).length > 0,
    async lock(actor, id) {
      const [row] = await sql.query<AgentRow>(LOCK, [actor.tenantId, id]);
      return row === undefined ? null : toAgent(row);
    },
    async update(actor, draft) {
      await sql.query(UPDATE, valuesOf(actor, draft));
    },
    async remove(actor, id) {
      await sql.query(REMOVE, [actor.tenantId, id]);
    },
    async count(actor) {
      const [row] = await sql.query<{ agents: number }>(COUNT, [actor.tenantId]);
      return row?.agents ?? 0;
    },
    async beat(actor, id, acknowledged) {
      await sql.query(BEAT, [actor.tenantId, id, acknowledged]);
    },
  };
}

const valuesOf = (actor: Actor, draft: AgentDraft): unknown[] => [
  actor.tenantId, draft.id, actor.principalId, draft.name, draft.description, draft.version, JSON.stringify(draft.skills),
  draft.inputModes, draft.outputModes, JSON.stringify(draft.metadata), draft.heartbeatSeconds, draft.url,
];

const toAgent = (row: AgentRow): Agent => ({
  id: row.id,
  principalId: row.principal_id,
  name: row.name,
  description: row.description,
  version: row.version,
  skills: row.skills,
  inputModes: row.input_modes,
  outputModes: row.output_modes,
  metadata: row.metadata,
  url: row.url,
  remote: row.remote,
  failure: row.failure,
  heartbeatSeconds: row.heartbeat_seconds,
  lastSeenAt: row.last_seen_at,
  online: row.online,
  acknowledged: Number(row.inbox_position),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
