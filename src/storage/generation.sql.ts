import { MEMORY_VISIBLE } from './memory-row';
import { UNQUOTED } from './memory.sql';
import { prepared } from './sql';

const COLUMNS = `g.id, g.bank_id, g.scope, g.session_id, g.source, g.status, g.phase, g.priority, g.done, g.total, g.cursor, g.left_out, g.left_out_count,
  g.usage, g.extractor, g.error, g.principal_id, g.created_at, g.updated_at, g.finished_at`;
const ONE = 'g.tenant_id = $1 and g.id = $2';
const MANY = 'g.tenant_id = $1 and g.id = any ($2::uuid[])';

export const INSERT = prepared('generation.insert', `
  insert into generations as g (tenant_id, id, bank_id, scope, scope_hash, scope_sub, session_id, source, status, phase, total, principal_id, priority)
  values ($1, $2, $3, $4, $5, $6, $7, $8, 'PENDING', 'EXTRACT', $9, $10, $11) returning ${COLUMNS}`);

export const GET_MANY = prepared('generation.getMany', `select ${COLUMNS} from generations g where ${MANY}`);

/** Limits may name pools of any bank, so they are compared as they stand. */
const WITHIN_LIMITS = `($2::jsonb is null or exists (select from jsonb_array_elements($2) l where g.scope @> l.value))`;
const list = (where: string): string => `
  select ${COLUMNS} from generations g
  where g.tenant_id = $1 and ${WITHIN_LIMITS} and ${where} and ($3::uuid is null or g.id < $3) order by g.id desc limit $4`;
export const LIST = prepared('generation.list', list('true'));
export const LIST_OF_SESSION = prepared('generation.listOfSession', list('g.session_id = $5'));
export const LIST_OF_POOL = prepared('generation.listOfPool', list('g.scope_hash = $5 and g.scope = $6'));

/** A candidate whose memory is gone shows its outcome, never its words. */
export const CANDIDATES = prepared('generation.candidates', `
  select c.generation_id, c.ordinal, c.outcome, c.memory_id, c.revision, g.scope,
    case when c.memory_id is null or m.id is not null then c.candidate else c.candidate || ${UNQUOTED} end as candidate,
    case when c.memory_id is null or m.id is not null then c.reason end as reason
  from generations g cross join lateral (
    select * from generation_candidates where tenant_id = g.tenant_id and generation_id = g.id and ordinal > $3 order by ordinal limit $4) c
  left join memories m on ${MEMORY_VISIBLE} and m.id = c.memory_id
  where ${MANY} order by c.generation_id, c.ordinal`);

export const OUTCOMES = prepared('generation.outcomes', `
  select g.id, c.outcome, g.scope, count(*)::int as candidates
  from generations g join generation_candidates c on c.tenant_id = g.tenant_id and c.generation_id = g.id
  where ${MANY} group by g.id, c.outcome, g.scope`);

export const UNFINISHED_OF_BANK = prepared('generation.unfinishedOfBank', `
  select g.id, g.phase, g.done, g.total from generations g
  where g.tenant_id = $1 and g.bank_id = $2 and g.finished_at is null and ($3::uuid is null or g.id > $3) order by g.id limit $4`);

export const LOCK = prepared('generation.lock', `select ${COLUMNS} from generations g where ${ONE} for update`);

/** Arrays grow by what is given; of what was left out the first 500 are kept and all are counted. */
export const CHANGE = prepared('generation.change', `
  update generations g set
    status = coalesce($3, g.status), phase = coalesce($4, g.phase), done = coalesce($5, g.done), total = coalesce($6, g.total),
    extractor = coalesce($7, g.extractor), error = coalesce($8::jsonb, g.error), cursor = coalesce($9, g.cursor),
    left_out = case when g.left_out_count >= 500 then g.left_out else jsonb_path_query_array(g.left_out || $10::jsonb, '$[0 to 499]') end,
    left_out_count = g.left_out_count + jsonb_array_length($10::jsonb),
    usage = coalesce($11::jsonb, g.usage), finished_at = case when $12 then now() else g.finished_at end, updated_at = now()
  where ${ONE} returning ${COLUMNS}`);

export const FORGET_SOURCE = prepared('generation.forgetSource', `
  update generations g set source = g.source || case g.source ->> 'kind'
    when 'text' then '{"text": ""}'::jsonb when 'facts' then '{"facts": []}'::jsonb else '{}'::jsonb end
  where ${ONE}`);

export const ADVANCE = prepared('generation.advance', `
  update generations g set done = least(g.done + $4, g.total), updated_at = now()
  where ${ONE} and g.phase = $3 and g.status = 'PROCESSING' returning g.status, g.phase, g.done, g.total`);

export const ADD_CANDIDATES = prepared('generation.addCandidates', `
  insert into generation_candidates (tenant_id, generation_id, ordinal, candidate, stated_at, outcome, reason)
  select $1, $2, base.last + t.n, t.candidate, t.stated_at, t.outcome, t.reason
  from unnest($3::jsonb[], $4::timestamptz[], $5::text[], $6::text[]) with ordinality as t (candidate, stated_at, outcome, reason, n),
    (select coalesce(max(ordinal), 0) as last from generation_candidates where tenant_id = $1 and generation_id = $2) base`);

export const OPEN = prepared('generation.open', `
  select ordinal, candidate, stated_at, decision from generation_candidates
  where tenant_id = $1 and generation_id = $2 and outcome is null order by ordinal limit $3`);

export const KEEP_DECISIONS = prepared('generation.keepDecisions', `
  update generation_candidates c set decision = t.decision from unnest($3::int[], $4::jsonb[]) as t (ordinal, decision)
  where c.tenant_id = $1 and c.generation_id = $2 and c.ordinal = t.ordinal and c.outcome is null`);

/** Why a candidate shows no words that never became a memory. */
export const SESSION_GONE = 'the session it came from is gone';
/** Whether generation `$2` read a session that is deleted: nothing of it that is no memory may be quoted. */
const SESSION_IS_GONE = `exists (select from generations g where g.tenant_id = $1 and g.id = $2 and g.session_id is not null
  and not exists (select from sessions s where s.tenant_id = $1 and s.id = g.session_id))`;

export const SETTLE = prepared('generation.settle', `
  update generation_candidates set outcome = $4, memory_id = $5, revision = $6, decision = null,
    reason = case when $5::uuid is null and ${SESSION_IS_GONE} then '${SESSION_GONE}' else $7 end,
    candidate = case when $8 or ($5::uuid is null and ${SESSION_IS_GONE}) then candidate || ${UNQUOTED} else candidate end
  where tenant_id = $1 and generation_id = $2 and ordinal = $3 and outcome is null returning ordinal`);

export const FAIL_OPEN = prepared('generation.failOpen', `
  update generation_candidates set outcome = 'FAILED', reason = $3, decision = null,
    candidate = case when ${SESSION_IS_GONE} then candidate || ${UNQUOTED} else candidate end
  where tenant_id = $1 and generation_id = $2 and outcome is null returning ordinal`);

/** Back from its end: what gave up goes on where it stood, and what completed without vectors makes them. */
export const REOPEN = prepared('generation.reopen', `
  update generations g set status = 'PROCESSING', phase = case when g.status = 'COMPLETED' then 'EMBED' else g.phase end,
    error = null, finished_at = null, updated_at = now()
  where ${ONE} and (g.status = 'FAILED' or (g.status = 'COMPLETED' and g.error ->> 'code' = 'DEGRADED')) returning ${COLUMNS}`);

/** Candidates that failed with their job, for its reason; not those that had a reason of their own or have lost their words. */
export const REOPEN_CANDIDATES = prepared('generation.reopenCandidates', `
  update generation_candidates set outcome = null, reason = null
  where tenant_id = $1 and generation_id = $2 and outcome = 'FAILED' and reason = $3 and memory_id is null and candidate ->> 'fact' <> ''`);
