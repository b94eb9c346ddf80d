import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { NODE_KINDS, type NodeKind } from '../../src/domain/relation/relation';
import { createRelationService } from '../../src/domain/relation/relation.service';
import type { Actor } from '../../src/kernel/actor';
import { createLogger } from '../../src/platform/telemetry/logger';
import { openDatabase } from '../../src/storage/database';
import { createRelationStore } from '../../src/storage/relation.store';
import { percentiles } from '../support/percentiles';

const USAGE = `npm run bench:relations -- --database URL [--walks 100]

  --database  an empty database on a PostgreSQL of one's own, or one that an earlier run has filled
`;
const TENANT = 'default';
const ACTOR: Actor = { tenantId: TENANT, principalId: 'bench', roles: ['admin'], scopeLimits: [] };

/** A few users and agents have much more than the others: the n-th of them about 1/n of the first. */
const uneven = (count: number): string => `(1 + floor(${count} * power(random(), 3)))::int`;
const FILL = [
  'select setseed(0.5)',
  `insert into sessions (tenant_id, id, user_id, agent_id, scope, scope_hash, scope_sub)
    select '${TENANT}', gen_random_uuid(), 'user-' || u, 'agent-' || a, jsonb_build_object('user_id', 'user-' || u), u, array[u::bigint]
    from (select ${uneven(1000)} as u, ${uneven(40)} as a from generate_series(1, 20000)) t`,
  `update sessions c set parent_id = p.id from (select id, lag(id) over (partition by user_id order by id) as before, row_number() over (order by id) as n from sessions) l
    join sessions p on p.id = l.before where c.id = l.id and l.n % 10 = 0`,
  `insert into memories (tenant_id, id, bank_id, scope, scope_hash, scope_sub, fact, fact_hash, confidence, tsv, length, session_id)
    select s.tenant_id, gen_random_uuid(), 'default', s.scope, s.scope_hash, s.scope_sub, 'Fact ' || n, sha256(convert_to(s.id || ' ' || n, 'UTF8')), 1, '', 1, s.id
    from sessions s cross join generate_series(1, 1) n`,
  `update memories m set superseded_by = l.after, superseded_at = now() from (
      select id, lead(id) over (partition by scope_hash order by id) as after, row_number() over (order by id) as n from memories) l
    where m.id = l.id and l.n % 10 = 0 and l.after is not null`,
  `insert into a2a_tasks (tenant_id, id, session_id, from_agent, to_agent, principal_id, state, due_at)
    select tenant_id, gen_random_uuid(), id, agent_id, 'agent-' || ${uneven(40)}, 'bench', 'SUBMITTED', now() from (select * from sessions order by random() limit 5500) s`,
  `insert into procedures (tenant_id, id, kind, scope, scope_hash, scope_sub, content, text, text_hash, tsv, length, principal_id)
    select '${TENANT}', gen_random_uuid(), 'WORKFLOW', '{"project": "bench"}', 1, array[1::bigint], '{}', '', '', '', 0, 'bench' from generate_series(1, 100)`,
  `insert into procedure_uses (tenant_id, id, procedure_id, session_id, outcome, principal_id)
    select s.tenant_id, gen_random_uuid(), p.ids[${uneven(100)}], s.id, 'SUCCESS', 'bench'
    from (select * from sessions order by random() limit 5000) s, (select array_agg(id) as ids from procedures) p`,
  'analyze procedures', 'analyze procedure_uses', 'analyze sessions', 'analyze memories', 'analyze a2a_tasks', 'analyze a2a_messages',
];
const EDGES = `select (select count(*) + count(agent_id) + count(parent_id) from sessions) + (select count(*) + count(session_id) + count(superseded_by) from memories)
  + (select 2 * count(*) + count(from_agent) from a2a_tasks) + (select count(*) from procedure_uses) as edges`;
const SOME: Readonly<Record<NodeKind, string>> = {
  USER: 'select user_id as id from sessions order by random() limit $1', AGENT: 'select agent_id as id from sessions order by random() limit $1',
  SESSION: 'select id from sessions order by random() limit $1', TASK: 'select id from a2a_tasks order by random() limit $1',
  WORKFLOW: 'select id from procedures order by random() limit $1', MEMORY: 'select id from memories order by random() limit $1',
};

/** How long `related` takes from random nodes of every kind, by depth; JSON lines, milliseconds. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { database: { type: 'string' }, walks: { type: 'string', default: '100' }, help: { type: 'boolean', default: false } } });
  if (values.help || values.database === undefined) { process.stdout.write(USAGE); return; }
  const logger = createLogger('error', process.stderr);
  const database = await openDatabase({ kind: 'postgres', url: values.database, poolSize: 2, statementTimeoutMs: 0, logger });
  const pool = new Pool({ connectionString: values.database });
  try {
    const { rows: [there] } = await pool.query<{ edges: string }>(EDGES);
    if (Number(there?.edges ?? 0) === 0) {
      const client = await pool.connect();
      for (const statement of FILL) await client.query(statement);
      client.release();
    }
    const { rows: [filled] } = await pool.query<{ edges: string }>(EDGES);
    const relations = createRelationService({ relations: createRelationStore(database) });
    // Who is looked for among few is looked for to the end.
    for (const [depth, kinds] of [[1, NODE_KINDS], [2, NODE_KINDS], [3, NODE_KINDS], [4, NODE_KINDS], [4, ['AGENT'] as const]] as const) {
      const all: number[] = [];
      for (const kind of NODE_KINDS) {
        const { rows } = await pool.query<{ id: string }>(SOME[kind], [Number(values.walks)]);
        const times: number[] = [];
        let reached = 0;
        for (const { id } of rows) {
          const before = performance.now();
          const { nodes } = await relations.related(ACTOR, { node: { kind, id }, depth, kinds, limit: 200, after: null });
          times.push(performance.now() - before);
          reached += nodes.length;
        }
        all.push(...times);
        tell({ edges: Number(filled?.edges), from: kind, wanted: kinds.join(), depth, answered: Math.round(reached / rows.length), ...rounded(times) });
      }
      tell({ edges: Number(filled?.edges), from: 'all', wanted: kinds.join(), depth, ...rounded(all) });
    }
  } finally {
    await database.close();
    await pool.end();
  }
}

function rounded(times: number[]): object {
  const { p50, p95, p99 } = percentiles(times);
  return { p50: Math.round(p50 * 10) / 10, p95: Math.round(p95 * 10) / 10, p99: Math.round(p99 * 10) / 10 };
}

const tell = (line: object): void => { process.stdout.write(`${JSON.stringify(line)}\n`); };

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
