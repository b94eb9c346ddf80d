import { MEMORY_COLUMNS as COLUMNS, MEMORY_VISIBLE as VISIBLE } from './memory-row';
import { planned, prepared } from './sql';

/** What is left of a candidate whose memory is gone. */
export const UNQUOTED = `'{"fact": "", "subject": null, "attribute": null, "value": null}'::jsonb`;

const IN_POOL = 'm.scope_hash = $2 and m.scope = $3';
const ACTIVE = `${VISIBLE} and m.superseded_at is null and ${IN_POOL}`;

export const GET_MANY = prepared('memory.getMany', `select ${COLUMNS} from memories m where ${VISIBLE} and m.id = any ($2::uuid[])`);

const list = (pool: string): string => `
  select ${COLUMNS} from memories m
  where ${VISIBLE} and ${pool} and ($4::bigint[] is null or m.scope_sub && $4) and ($5::text is null or $5 = any (m.topics))
    and ($6::uuid is null or m.session_id = $6) and ($7 or m.superseded_at is null) and ($8::uuid is null or m.id < $8)
  order by m.id desc limit $9`;
export const LIST_EXACT = prepared('memory.listExact', list(IN_POOL));
export const LIST_SUBSET = planned('memory.listSubset', list('m.scope_sub @> array[$2::bigint] and m.scope @> $3'));

/** $3: the actor's limits as they are; hashes would be of one bank. */
const DERIVED = `${VISIBLE} and ($3::jsonb[] is null or exists (select from unnest($3::jsonb[]) l where m.scope @> l))
  and ($4 or m.superseded_at is null) and ($5::uuid is null or m.id < $5)`;
export const OF_SESSIONS = prepared('memory.listOfSessions', `
  select m.* from unnest($2::uuid[]) s (id) cross join lateral (
    select ${COLUMNS} from memories m where ${DERIVED} and m.session_id = s.id order by m.id desc limit $6) m
  order by m.session_id, m.id desc`);
export const OF_EVENTS = prepared('memory.listOfEvents', `
  select * from (
    select ${COLUMNS}, e.id as event_id, row_number() over (partition by e.id order by m.id desc) as place
    from memories m join unnest($2::uuid[]) e (id) on e.id = any (m.event_ids) where ${DERIVED} and m.event_ids && $2::uuid[]) m
  where place <= $6 order by event_id, place`);

export const REVISIONS = prepared('memory.revisions', `
  select r.memory_id, r.revision, r.action, r.fact, r.snapshot, r.reason, r.principal_id, r.generation_id, r.candidates, r.created_at, m.scope,
    case when r.action = 'SUPERSEDED' then (
      select s.fact from memories s where s.tenant_id = $1 and s.id = m.superseded_by and s.deleted_at is null and (s.expires_at is null or s.expires_at > now())
    ) end as successor
  from memories m cross join lateral (
    select * from memory_revisions
    where tenant_id = m.tenant_id and memory_id = m.id and ($3::int is null or revision < $3) and (expires_at is null or expires_at > now())
    order by revision desc limit $4) r
  where ${VISIBLE} and m.id = any ($2::uuid[]) order by r.memory_id, r.revision desc`);

export const LOCK = prepared('memory.lock', `select ${COLUMNS} from memories m where ${VISIBLE} and m.id = $2 for update`);

/** Same words before same claim. */
export const LOCK_TWIN = prepared('memory.lockTwin', `
  select ${COLUMNS} from memories m where ${ACTIVE} and (m.fact_hash = $4 or m.claim_hash = $5) and ($6::uuid is null or m.id <> $6)
  order by (m.fact_hash = $4) desc, m.id limit 1 for update`);

export const PAST_TWIN = prepared('memory.pastTwin', `
  select ${COLUMNS} from memories m
  where ${VISIBLE} and ${IN_POOL} and m.superseded_at is not null and (m.fact_hash = $4 or m.claim_hash = $5)
  order by m.stated_at desc, m.id desc limit 1`);

const VALUES = `$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18::tsvector, $19, $20, $21::uuid,
  case when $21::uuid is null then null else coalesce($22::timestamptz, now()) end`;
const STATE = `fact, fact_hash, topics, confidence, subject, attribute, value, exclusive, claim_hash, valid_from, valid_to, event_ids,
  evidence_count, stated_at, metadata, tsv, length, revision, superseded_by, superseded_at`;
/** Parameters 23 and 24: is there a new expiry, and in how many seconds. */
const EXPIRY = `case when $23 then now() + make_interval(secs => $24) else m.expires_at end`;

export const INSERT = prepared('memory.insert', `
  insert into memories as m (tenant_id, id, ${STATE}, expires_at, bank_id, scope, scope_hash, scope_sub, session_id)
  values ($1, $2, ${VALUES}, case when $23 then now() + make_interval(secs => $24) end, $25, $26, $27, $28, $29)
  on conflict do nothing returning ${COLUMNS}`);

export const SAVE = prepared('memory.save', `
  update memories m set (${STATE}) = (${VALUES}), expires_at = ${EXPIRY}, updated_at = now()
  where m.tenant_id = $1 and m.id = $2 and m.deleted_at is null returning ${COLUMNS}`);

export const ADD_REVISION = prepared('memory.addRevision', `
  insert into memory_revisions (tenant_id, memory_id, revision, action, fact, snapshot, reason, principal_id, generation_id, candidates, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $11))`);

export const HIDE = prepared('memory.hide', `
  with vectors as (delete from memory_embeddings where tenant_id = $1 and memory_id = $2),
  counted as (update corpus_stats set erased = true where tenant_id = $1 and corpus = 'memories')
  update memories set deleted_at = now(), updated_at = now(), revision = revision + 1 where tenant_id = $1 and id = $2 and deleted_at is null`);

export const LOCK_HIDDEN = prepared('memory.lockHidden', `
  select ${COLUMNS} from memories m
  where m.tenant_id = $1 and m.id = $2 and m.deleted_at > now() - make_interval(secs => $3)
    and (m.expires_at is null or m.expires_at > now()) for update`);

/** What was laid down by the removal that is taken back goes; what an earlier correction laid down stays. */
export const UNHIDE = prepared('memory.unhide', `
  with lifted as (
    delete from memory_tombstones t using memories m
    where t.tenant_id = $1 and t.memory_id = $2 and m.tenant_id = $1 and m.id = $2 and t.deleted_at = m.deleted_at)
  update memories m set deleted_at = null, updated_at = now(), revision = m.revision + 1
  where m.tenant_id = $1 and m.id = $2 and m.deleted_at is not null returning ${COLUMNS}`);

/**
 * Of a statement's lexemes the rarest in the tenant's memories, as many as stand in about three hundred of them together: a name
 * that stands in every fact of a large pool must not crowd out the words that tell facts apart.
 */
export const RAREST_LEXEMES = prepared('memory.rarestLexemes', `
  select lexeme from (
    select t.lexeme, t.n, sum(coalesce(l.df, 0)) over (order by coalesce(l.df, 0), t.n) as reached, row_number() over (order by coalesce(l.df, 0), t.n) as rank
    from unnest($2::text[]) with ordinality as t (lexeme, n)
    left join lexicon l on l.tenant_id = $1 and l.corpus = 'memories' and l.lexeme = t.lexeme) ranked
  where rank = 1 or (rank <= 12 and reached <= 300)`);

/**
 * Three arms: the same statement, the same subject with the same attribute or value, shared words. The word arm ranks at most
 * a thousand matches, so that a pool of any size costs the same. Planned for its values: the words decide how selective it is.
 */
export const NEIGHBOURS = planned('memory.neighbours', `
  with near as (
    (select m.id, 0 as arm, 0::real as score from memories m where ${ACTIVE} and (m.fact_hash = $4 or m.claim_hash = $5))
    union all
    (select m.id, 1, 0 from memories m where ${ACTIVE} and m.subject = $6 and (m.attribute = $7 or m.value = $8)
     order by (m.value = $8) desc nulls last, m.exclusive desc, m.id desc limit 4)
    union all
    (select id, 2, ts_rank(tsv, $9::tsquery) from (
       select m.id, m.tsv from memories m where ${ACTIVE} and m.scope_sub @> array[$2::bigint] and m.tsv @@ $9::tsquery limit 1000) matches
     order by 3 desc, id desc limit $10)
  ), best as (select id, min(arm) as arm, max(score) as score from near group by id)
  select ${COLUMNS} from best join memories m on m.tenant_id = $1 and m.id = best.id
  order by best.arm, best.score desc, m.id desc limit $10`);

/**
 * Takes the memories of `doomed` away with everything that quotes them: revisions and vectors (by cascade), cached vectors of
 * their words, and the job candidates behind them. Raw text that a generation was given went when it had been extracted. Their
 * words in the lexicon go when maintenance counts it anew; the row that asks for it is locked last, after those it speaks of.
 */
const erase = (doomed: string): string => `
  with doomed as materialized (${doomed}),
  candidates as (
    update generation_candidates c set reason = null, decision = null,
      candidate = c.candidate || ${UNQUOTED}
    from doomed d where c.tenant_id = $1 and c.memory_id = d.id and c.outcome is not null),
  words as (
    select fact from doomed union select r.fact from memory_revisions r join doomed d on r.tenant_id = $1 and r.memory_id = d.id),
  cached as (
    delete from embedding_cache where tenant_id = $1 and content_hash in (select sha256(convert_to(fact, 'UTF8')) from words)),
  counted as (
    update corpus_stats set erased = true where tenant_id = $1 and corpus = 'memories' and (select count(*) from doomed) > 0),
  gone as (delete from memories m using doomed d where m.tenant_id = $1 and m.id = d.id)
  select id, bank_id, scope, revision from doomed`;
export const OF_BANK = prepared('memory.ofBank', `
  select m.id, m.bank_id, m.scope, m.revision from memories m
  where ${VISIBLE} and m.bank_id = $2 and ($3::uuid is null or m.id > $3) order by m.id limit $4`);

const DOOMED = 'select m.id, m.bank_id, m.scope, m.revision, m.fact from memories m where m.tenant_id = $1';

export const CLEAR_EXPIRED_TWINS = prepared('memory.clearExpiredTwins', erase(`
  ${DOOMED} and m.deleted_at is null and m.superseded_at is null and m.expires_at <= now() and ${IN_POOL}
    and (m.fact_hash = $4 or m.claim_hash = $5) for update`));

export const ERASE_HIDDEN = prepared('memory.eraseHidden', erase(`
  ${DOOMED} and m.deleted_at <= now() - make_interval(secs => $2) order by m.deleted_at limit $3 for update skip locked`));

export const ERASE_EXPIRED = prepared('memory.eraseExpired', erase(`
  ${DOOMED} and m.expires_at <= now() - make_interval(secs => $2) order by m.expires_at limit $3 for update skip locked`));

/** Hidden ones too; they were locked before. */
export const ERASE_THESE = prepared('memory.eraseThese', erase(`${DOOMED} and m.id = any ($2::uuid[])`));

export const ERASE_EXPIRED_REVISIONS = prepared('memory.eraseExpiredRevisions', `
  delete from memory_revisions where (tenant_id, memory_id, revision) in (
    select tenant_id, memory_id, revision from memory_revisions where tenant_id = $1 and expires_at <= now() order by expires_at limit $2)
  returning revision`);

/** The sentences and claims that a memory ever stood for: its words, those of its revisions, those that were counted to it. */
export const SAID = prepared('memory.said', `
  select fact, subject, attribute, value from memories where tenant_id = $1 and id = $2
  union
  select fact, null, null, null from memory_revisions where tenant_id = $1 and memory_id = $2
  union
  select candidate ->> 'fact', candidate ->> 'subject', candidate ->> 'attribute', candidate ->> 'value' from generation_candidates
  where tenant_id = $1 and memory_id = $2 and outcome in ('CREATED', 'UPDATED', 'UNCHANGED') and candidate ->> 'fact' <> ''
  limit 1000`);

export const BURY = prepared('memory.bury', `
  with lifted as (delete from memory_tombstones where tenant_id = $1 and memory_id = $2 and fact_hash = $7)
  insert into memory_tombstones (tenant_id, memory_id, bank_id, scope_hash, fact_hash, claim_hash)
  select $1, $2, $3, $4, t.fact_hash, t.claim_hash from unnest($5::bytea[], $6::bytea[]) as t (fact_hash, claim_hash)
  on conflict do nothing`);

/**
 * Evidence is as old as the newest of its events in this database, whatever date the conversation bears; without events, as
 * old as the request that brought it. Evidence whose events are all gone is old. A row without a fact is a tombstone that fits.
 */
export const BURIED = planned('memory.buried', `
  with heard as (
    select case when cardinality($5::uuid[]) = 0 then (select created_at from generations where tenant_id = $1 and id = $6)
      else coalesce((select max(created_at) from events where tenant_id = $1 and id = any ($5)), '-infinity') end as at)
  (select t.deleted_at, null as fact, null as subject, null as attribute, null as value, false as exclusive,
     (select m.id from memories m where ${VISIBLE} and m.id = t.memory_id) as corrected
   from memory_tombstones t, heard h
   where t.tenant_id = $1 and t.scope_hash = $2 and t.deleted_at >= h.at and (t.fact_hash = any ($3) or t.claim_hash = any ($4))
   order by t.deleted_at desc limit 1)
  union all
  (select m.deleted_at, m.fact, m.subject, m.attribute, m.value, m.exclusive, null
   from memories m, heard h
   where m.tenant_id = $1 and m.scope_hash = $2 and m.deleted_at >= h.at
     and exists (select from memory_tombstones t where t.tenant_id = $1 and t.memory_id = m.id)
   order by m.deleted_at desc limit 50)`);

export const ERASE_TOMBSTONES = prepared('memory.eraseTombstones', `
  delete from memory_tombstones where (tenant_id, memory_id, fact_hash, deleted_at) in (
    select tenant_id, memory_id, fact_hash, deleted_at from memory_tombstones
    where tenant_id = $1 and deleted_at < now() - make_interval(secs => $2) order by deleted_at limit $3)
  returning memory_id`);
