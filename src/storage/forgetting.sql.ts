import { planned, prepared } from './sql';

const COLUMNS = 'f.id, f.kind, f.status, f.subject, f.scope, f.found, f.erased, f.done, f.total, f.principal_id, f.error, f.receipt_cid, f.created_at, f.finished_at';

export const INSERT = prepared('forgetting.insert', `
  insert into forgettings (tenant_id, id, kind, status, subject, scope, scope_sub, principal_id) values ($1, $2, $3, 'PENDING', $4, $5, $6, $7)`);
const ONE = `select ${COLUMNS} from forgettings f where f.tenant_id = $1 and f.id = $2 and ($3::bigint[] is null or f.scope_sub && $3)`;
export const GET = prepared('forgetting.get', ONE);
export const LOCK = prepared('forgetting.lock', `${ONE} for update`);
export const LIST = prepared('forgetting.list', `
  select ${COLUMNS} from forgettings f
  where f.tenant_id = $1 and ($2::bigint[] is null or f.scope_sub && $2) and ($3::uuid is null or f.id < $3) order by f.id desc limit $4 offset $5`);

/** The sources of the erasure `$2` in tenant `$1`. */
const sources = (kind: string): string => `select ref from forgetting_sources where tenant_id = $1 and forgetting_id = $2 and kind = '${kind}'`;
const ids = (kind: string): string => `(select ref::uuid from forgetting_sources where tenant_id = $1 and forgetting_id = $2 and kind = '${kind}')`;

export const CHANGE = prepared('forgetting.change', `
  update forgettings f set
    status = coalesce($3, f.status), found = coalesce($4::jsonb, f.found), erased = coalesce($5::jsonb, f.erased), error = case when $6 then $7 else f.error end,
    receipt_cid = coalesce($8, f.receipt_cid), subject = case when $3 = 'COMPLETED' then null else f.subject end,
    finished_at = case when $3 = 'COMPLETED' then now() else f.finished_at end, done = s.done, total = greatest(s.total, f.total)
  from (select count(*) filter (where erased)::int as done, count(*)::int as total from forgetting_sources where tenant_id = $1 and forgetting_id = $2) s
  where f.tenant_id = $1 and f.id = $2`);
export const DROP_SOURCES = prepared('forgetting.dropSources', 'delete from forgetting_sources where tenant_id = $1 and forgetting_id = $2');

/** With the uploaded data. */
export const DROP_IMPORTS = prepared('forgetting.dropImports', 'delete from imports where tenant_id = $1');

const add = (kind: string, query: string): string =>
  `insert into forgetting_sources (tenant_id, forgetting_id, kind, ref) select distinct $1, $2::uuid, '${kind}', found.ref from (${query}) found (ref) on conflict do nothing`;

/** Scope limits are compared as they stand: a hash alone never decides what is erased. */
export const COLLECT_MEMORIES = planned('forgetting.collectMemories', add('MEMORY', `
  select m.id::text from memories m
  where m.tenant_id = $1 and m.bank_id = $3 and m.scope_sub @> array[$4::bigint] and m.scope @> $5::jsonb and ($6 or m.scope = $5::jsonb)
    and ($7::jsonb[] is null or m.scope @> any ($7)) and ($8::text is null or $8 = any (m.topics)) and ($9::uuid is null or m.session_id = $9)
    and ($10::uuid[] is null or m.id = any ($10)) and ($11::timestamptz is null or m.created_at < $11)`));

/** `$3`: the person; `$4`: the hash of the person's scope among sessions. What an agent opened below a person's session is the person's too. */
export const COLLECT_SESSIONS = planned('forgetting.collectSessions', add('SESSION', `
  with recursive own (id) as (
    select s.id from sessions s where s.tenant_id = $1
      and (s.user_id = $3 or (s.scope_sub @> array[$4::bigint] and s.scope ->> 'user_id' = $3))
    union
    select c.id from own o join sessions c on c.tenant_id = $1 and c.parent_id = o.id)
  select id::text from own`));
export const COLLECT_OBJECTS = planned('forgetting.collectObjects', add('OBJECT', `
  select e.body from events e where e.tenant_id = $1 and e.session_id in ${ids('SESSION')} and e.body is not null`));
export const COLLECT_GENERATIONS = planned('forgetting.collectGenerations', add('GENERATION', `
  select g.id::text from generations g where g.tenant_id = $1 and (g.scope ->> 'user_id' = $3 or g.session_id in ${ids('SESSION')})`));
/** `$4`: hashes of the person's scope in every bank. Whatever was made or reworded from what the person said, in any pool. */
export const COLLECT_OWN_MEMORIES = planned('forgetting.collectOwnMemories', add('MEMORY', `
  select m.id::text from memories m where m.tenant_id = $1 and m.scope_sub && $4::bigint[] and m.scope ->> 'user_id' = $3
  union all
  select m.id::text from memories m where m.tenant_id = $1 and m.session_id in ${ids('SESSION')}
  union all
  select r.memory_id::text from memory_revisions r
  where r.tenant_id = $1 and r.action in ('GENERATED_CREATED', 'GENERATED_UPDATED') and r.generation_id in ${ids('GENERATION')}`));
/** A bank without revisions tells by its candidates alone. */
export const COLLECT_MADE = planned('forgetting.collectMade', add('MEMORY', `
  select c.memory_id::text from generation_candidates c
  where c.tenant_id = $1 and c.generation_id = any ($3::uuid[]) and c.memory_id is not null and c.outcome in ('CREATED', 'UPDATED')`));
export const COLLECT_DECISIONS = planned('forgetting.collectDecisions', add('DECISION', `
  select e.cid from ledger_records r join ledger_entries e on e.tenant_id = r.tenant_id and e.seq = r.seq
  where r.tenant_id = $1 and (r.scope ->> 'user_id' = $3 or r.session_id in ${ids('SESSION')})`));
export const BANKS = prepared('forgetting.banks', `select id from banks where tenant_id = $1`);

/** `$3`: the person, null for memories. */
export const COUNT = planned('forgetting.count', `select
  (select count(*)::int from (${sources('SESSION')}) s) as sessions,
  (select count(*)::int from events where tenant_id = $1 and session_id in ${ids('SESSION')}) as events,
  (select count(*)::int from a2a_messages where tenant_id = $1 and session_id in ${ids('SESSION')}) as messages,
  (select count(*)::int from (${sources('OBJECT')}) o) as objects,
  (select count(*)::int from shared_states where tenant_id = $1 and kind = 'user' and owner = $3::text) as states,
  (select count(*)::int from documents where tenant_id = $1 and scope ->> 'user_id' = $3) as documents,
  (select count(*)::int from procedures where tenant_id = $1 and (scope ->> 'user_id' = $3 or session_id in ${ids('SESSION')})) as procedures,
  (select count(*)::int from (${sources('GENERATION')}) g) as generations,
  (select count(*)::int from generation_candidates where tenant_id = $1
    and (generation_id in ${ids('GENERATION')} or (memory_id in ${ids('MEMORY')} and outcome is not null))) as candidates,
  (select count(*)::int from (${sources('MEMORY')}) m) as memories,
  (select count(*)::int from memory_revisions where tenant_id = $1 and memory_id in ${ids('MEMORY')}) as revisions,
  (select count(*)::int from memory_embeddings where tenant_id = $1 and memory_id in ${ids('MEMORY')}) as vectors,
  (select count(*)::int from memory_tombstones where tenant_id = $1 and $3::text is not null and memory_id in ${ids('MEMORY')}) as tombstones,
  (select count(*)::int from (${sources('DECISION')}) d) as "ledgerRecords"`);

export const LEFT = prepared('forgetting.left', `
  select count(*)::int as n from forgetting_sources where tenant_id = $1 and forgetting_id = $2 and kind = $3 and not erased`);
export const NEXT = prepared('forgetting.next', `
  select ref from forgetting_sources where tenant_id = $1 and forgetting_id = $2 and kind = $3 and not erased order by ref limit $4`);
export const DONE = prepared('forgetting.done', `
  update forgetting_sources set erased = true where tenant_id = $1 and forgetting_id = $2 and kind = $3 and ref = any ($4::text[])`);

/** A key's answer is ids: the caller's key and the hash of its arguments go with what they name. */
const forgetKeys = (isNamed: string): string => `
  delete from idempotency_keys where (tenant_id, principal_id, field, key) in (
    select i.tenant_id, i.principal_id, i.field, i.key from idempotency_keys i
    cross join lateral jsonb_path_query(i.result, '$.*[*]') v cross join lateral regexp_split_to_table(v #>> '{}', ' ') n (ref)
    where i.tenant_id = $1 and (${isNamed})) returning key`;
const UUID = `case when n.ref ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then n.ref::uuid end`;
export const FORGET_KEYS = planned('forgetting.forgetKeys', forgetKeys(`
  exists (select from forgetting_sources s where s.tenant_id = $1 and s.forgetting_id = $2 and s.kind in ('SESSION', 'GENERATION', 'MEMORY', 'DECISION') and s.ref = lower(n.ref))`));
export const FORGET_KEYS_OF_SESSIONS = planned('forgetting.forgetKeysOfSessions', forgetKeys(`
  ${UUID} = any ($2::uuid[])
  or exists (select from events e where e.tenant_id = $1 and e.id = ${UUID} and e.session_id = any ($2))
  or exists (select from a2a_messages a where a.tenant_id = $1 and a.id = ${UUID} and a.session_id = any ($2))
  or exists (select from a2a_tasks t where t.tenant_id = $1 and t.id = ${UUID} and t.session_id = any ($2))`));

export const LOCK_SESSIONS = prepared('forgetting.lockSessions', `
  select s.id from sessions s where s.tenant_id = $1 and s.id = any ($2::uuid[]) order by s.id for update`);
export const COUNT_SESSIONS = prepared('forgetting.countSessions', `select
  (select count(*)::int from events where tenant_id = $1 and session_id = any ($2::uuid[])) as events,
  (select count(*)::int from a2a_messages where tenant_id = $1 and session_id = any ($2)) as messages`);
export const ERASE_SESSIONS = prepared('forgetting.eraseSessions', `
  with counted as (update corpus_stats set erased = true where tenant_id = $1 and corpus = 'events')
  delete from sessions where tenant_id = $1 and id = any ($2::uuid[]) returning id`);

/** Whoever works on one holds its row, and finds nothing once it is gone. */
export const LOCK_GENERATIONS = prepared('forgetting.lockGenerations', `
  select g.id, g.status, g.phase, g.done, g.total from generations g where g.tenant_id = $1 and g.id = any ($2::uuid[]) order by g.id for update`);
export const ERASE_GENERATIONS = prepared('forgetting.eraseGenerations', `
  with revoked as (delete from jobs where tenant_id = $1 and generation_id = any ($2::uuid[])),
  counted as materialized (select count(*)::int as n from generation_candidates where tenant_id = $1 and generation_id = any ($2)),
  gone as (delete from generations where tenant_id = $1 and id = any ($2) returning id)
  select (select n from counted) as candidates, (select count(*)::int from gone) as generations`);

export const LOCK_MEMORIES = prepared('forgetting.lockMemories', `
  select m.id, m.bank_id, m.scope, m.revision from memories m where m.tenant_id = $1 and m.id = any ($2::uuid[]) order by m.id for update`);
export const COUNT_MEMORIES = prepared('forgetting.countMemories', `select
  (select count(*)::int from memory_revisions where tenant_id = $1 and memory_id = any ($2::uuid[])) as revisions,
  (select count(*)::int from memory_embeddings where tenant_id = $1 and memory_id = any ($2)) as vectors,
  (select count(*)::int from generation_candidates where tenant_id = $1 and memory_id = any ($2) and outcome is not null) as candidates`);
/** Answers that were paid for and weigh what is gone: they are asked for again. */
export const DROP_DECISIONS = planned('forgetting.dropDecisions', `
  update generation_candidates c set decision = null
  where c.tenant_id = $1 and c.outcome is null and c.decision is not null
    and exists (select from jsonb_array_elements_text(c.decision -> 'seen') s (seen) where split_part(s.seen, '@', 1) = any ($2::text[]))`);
export const ERASE_TOMBSTONES = prepared('forgetting.eraseTombstones', `
  delete from memory_tombstones where tenant_id = $1 and (memory_id = any ($2::uuid[]) or scope_hash = any ($3::bigint[])) returning memory_id`);

export const ERASE_DECISIONS = prepared('forgetting.eraseDecisions', `
  delete from ledger_records r using ledger_entries e
  where e.tenant_id = $1 and e.cid = any ($2::text[]) and r.tenant_id = e.tenant_id and r.seq = e.seq returning r.seq`);

export const ERASE_DOCUMENTS = planned('forgetting.eraseDocuments', `
  with counted as (update corpus_stats set erased = true where tenant_id = $1 and corpus = 'document_passages')
  delete from documents where tenant_id = $1 and id in (
    select id from documents where tenant_id = $1 and scope ->> 'user_id' = $2 order by id limit $3) returning id`);
/** What was proposed from them goes too, and of what was accepted the quotation. */
export const ERASE_PROCEDURES = planned('forgetting.eraseProcedures', `
  with counted as (update corpus_stats set erased = true where tenant_id = $1 and corpus = 'procedures'),
  gone as (delete from procedures where tenant_id = $1 and id in (
    select p.id from procedures p where p.tenant_id = $1 and (p.scope ->> 'user_id' = $3 or p.session_id in ${ids('SESSION')}) order by p.id limit $4) returning id),
  quoting as (
    select c.id, c.status from procedure_candidates c where c.tenant_id = $1
      and exists (select from jsonb_array_elements(c.evidence) e join gone g on g.id = (e ->> 'trajectoryId')::uuid)),
  withdrawn as (delete from procedure_candidates c using quoting q where c.tenant_id = $1 and c.id = q.id and q.status = 'PROPOSED'),
  unquoted as (update procedure_candidates c set content = null, evidence = '[]', updated_at = now() from quoting q where c.tenant_id = $1 and c.id = q.id and q.status <> 'PROPOSED')
  select id from gone`);
/** Hashes of steps, and what was learnt in pools of the person. */
export const ERASE_LEARNT = planned('forgetting.eraseLearnt', `
  with candidates as (delete from procedure_candidates where tenant_id = $1 and scope ->> 'user_id' = $2),
  runs as (delete from distillations where tenant_id = $1 and scope ->> 'user_id' = $2)
  delete from procedure_tombstones where tenant_id = $1 and scope_hash = $3`);

/** What a person's statement left in the history of memories that stay: they were superseded or retracted by it. */
export const UNQUOTE_REVISIONS = planned('forgetting.unquoteRevisions', `
  update memory_revisions r set candidates = '[]', reason = case when r.action = 'SUPERSEDED' then r.reason end
  where r.tenant_id = $1 and r.generation_id in ${ids('GENERATION')}`);
export const ERASE_STATES = prepared('forgetting.eraseStates', `
  delete from shared_states where tenant_id = $1 and kind = 'user' and owner = $2 returning owner`);
/** Earlier erasures in a pool of the person's, which name it. */
export const ERASE_EARLIER = prepared('forgetting.eraseEarlier', `
  delete from forgettings where tenant_id = $1 and id <> $2 and scope ->> 'user_id' = $3`);

/** Gone, or still needed for somebody who stays. */
export const SETTLE_OBJECTS = planned('forgetting.settleObjects', `
  with settled as materialized (
    select s.ref, exists (select from events e where e.tenant_id = $1 and e.body = s.ref) as needed
    from forgetting_sources s left join objects o on o.tenant_id = s.tenant_id and o.key = s.ref
    where s.tenant_id = $1 and s.forgetting_id = $2 and s.kind = 'OBJECT' and not s.erased
      and (o.key is null or o.removed_at is not null
        or (o.due_at = 'infinity' and o.doomed_at is null and exists (select from events e where e.tenant_id = $1 and e.body = s.ref)))),
  marked as (
    update forgetting_sources s set erased = true from settled t
    where s.tenant_id = $1 and s.forgetting_id = $2 and s.kind = 'OBJECT' and s.ref = t.ref)
  select count(*) filter (where not needed)::int as gone, count(*)::int as settled from settled`);
