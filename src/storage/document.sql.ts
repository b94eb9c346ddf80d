import { planned, prepared } from './sql';

const DOCUMENT_COLUMNS = `d.id, d.bank_id, d.scope, d.title, d.format, d.source_uri, d.metadata, d.content_hash, d.version, d.length,
  d.passage_count, d.embedding, d.created_at, d.updated_at`;
/** Of a passage `m` with its document `d`. */
export const PASSAGE_COLUMNS = 'm.id, m.document_id, d.version, d.title, d.source_uri, m.ordinal, m.headings, m.start, m."end", m.text, m.tokens, d.scope';
export const OF_DOCUMENT = 'd.tenant_id = m.tenant_id and d.id = m.document_id';
/** What an embedder is given. */
const EMBEDDED = `case when cardinality(m.headings) = 0 then m.text else array_to_string(m.headings, ' > ') || E'\\n' || m.text end`;

export const INSERT = prepared('document.insert', `
  insert into documents (tenant_id, id, bank_id, scope, scope_hash, scope_sub, identity, title, format, source_uri, metadata, content_hash, version, length, embedding)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing returning id`);
export const LOCK_BY_IDENTITY = prepared('document.lockByIdentity', `
  select ${DOCUMENT_COLUMNS} from documents d where d.tenant_id = $1 and d.scope_hash = $2 and d.identity = $3 and d.scope = $4 for update`);
export const LOCK = prepared('document.lock', `select ${DOCUMENT_COLUMNS} from documents d where d.tenant_id = $1 and d.id = $2 for update`);
export const UPDATE = prepared('document.update', `
  update documents set title = $3, format = $4, source_uri = $5, metadata = $6, content_hash = $7, version = $8, length = $9, embedding = $10,
    embedding_space = case when version = $8 then embedding_space end, updated_at = now()
  where tenant_id = $1 and id = $2`);
export const GET_MANY = prepared('document.getMany', `select ${DOCUMENT_COLUMNS} from documents d where d.tenant_id = $1 and d.id = any ($2::uuid[])`);

const list = (pool: string): string => `
  select ${DOCUMENT_COLUMNS} from documents d
  where d.tenant_id = $1 and d.bank_id = $2 and ${pool} and ($5::bigint[] is null or d.scope_sub && $5) and ($6::uuid is null or d.id < $6)
  order by d.id desc limit $7`;
export const LIST_ALL = prepared('document.listAll', list('$3::bigint is null and $4::jsonb is null'));
export const LIST_EXACT = planned('document.listExact', list('d.scope_hash = $3::bigint and d.scope = $4::jsonb'));
export const LIST_SUBSET = planned('document.listSubset', list('d.scope_sub @> array[$3::bigint] and d.scope @> $4::jsonb'));

/** Words and vectors go at once; the words in the lexicon when it is counted anew. */
export const REMOVE = prepared('document.remove', `
  with counted as (update corpus_stats set erased = true where tenant_id = $1 and corpus = 'document_passages')
  delete from documents where tenant_id = $1 and id = $2 returning id`);

export const KEPT_PASSAGES = prepared('document.keptPassages', 'select id, hash from document_passages where tenant_id = $1 and document_id = $2 order by ordinal');
export const DROP_PASSAGES = prepared('document.dropPassages', `
  with gone as (delete from document_passages where tenant_id = $1 and document_id = $2 and id <> all ($3::uuid[]) returning id)
  update corpus_stats set erased = true where tenant_id = $1 and corpus = 'document_passages' and exists (select from gone)`);
export const PUT_PASSAGES = prepared('document.putPassages', `
  insert into document_passages (tenant_id, document_id, id, ordinal, headings, start, "end", text, tokens, hash, tsv, length, scope_hash, scope_sub)
  select $1, $2, t.id, t.ordinal, array(select jsonb_array_elements_text(t.headings)), t.start, t.finish, t.text, t.tokens, t.hash, t.tsv, t.length, d.scope_hash, d.scope_sub
  from unnest($3::uuid[], $4::int[], $5::jsonb[], $6::int[], $7::int[], $8::text[], $9::int[], $10::bytea[], $11::tsvector[], $12::int[])
    as t (id, ordinal, headings, start, finish, text, tokens, hash, tsv, length)
  join documents d on d.tenant_id = $1 and d.id = $2
  on conflict (tenant_id, id) do update set ordinal = excluded.ordinal, start = excluded.start, "end" = excluded."end", tsv = excluded.tsv, length = excluded.length`);
export const COUNT_PASSAGES = prepared('document.countPassages', 'update documents set passage_count = $3 where tenant_id = $1 and id = $2');
export const ADD_VERSION = prepared('document.addVersion', `
  insert into document_versions (tenant_id, document_id, version, title, content_hash, length, passage_count, kept_count, principal_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`);

export const PASSAGES_OF_MANY = prepared('document.passagesOfMany', `
  select ${PASSAGE_COLUMNS} from documents d cross join lateral (
    select * from document_passages where tenant_id = d.tenant_id and document_id = d.id and ordinal > $3 order by ordinal limit $4) m
  where d.tenant_id = $1 and d.id = any ($2::uuid[]) order by m.document_id, m.ordinal`);
export const VERSIONS_OF_MANY = prepared('document.versionsOfMany', `
  select v.*, d.scope from documents d cross join lateral (
    select * from document_versions where tenant_id = d.tenant_id and document_id = d.id and ($3::int is null or version < $3) order by version desc limit $4) v
  where d.tenant_id = $1 and d.id = any ($2::uuid[]) order by v.document_id, v.version desc`);
export const GET_PASSAGES = prepared('document.getPassages', `
  select ${PASSAGE_COLUMNS} from document_passages m join documents d on ${OF_DOCUMENT} where m.tenant_id = $1 and m.id = any ($2::uuid[])`);

const LACKS_VECTOR = 'not exists (select from passage_embeddings e where e.tenant_id = m.tenant_id and e.model = $3 and e.passage_id = m.id and e.hash = m.hash)';
export const UNEMBEDDED = prepared('document.unembedded', `
  select m.id as passage_id, ${EMBEDDED} as text, m.hash from document_passages m
  where m.tenant_id = $1 and m.document_id = $2 and ${LACKS_VECTOR} order by m.ordinal limit $4`);
export const PUT_VECTORS = prepared('document.putVectors', `
  insert into passage_embeddings (tenant_id, model, passage_id, hash, dimension, embedding, scope_hash, scope_sub)
  select $1, $2, m.id, m.hash, $6, t.vector::vector, m.scope_hash, m.scope_sub
  from unnest($3::uuid[], $4::bytea[], $5::text[]) as t (id, hash, vector)
  join document_passages m on m.tenant_id = $1 and m.id = t.id and m.hash = t.hash order by m.id
  on conflict (tenant_id, model, passage_id) do update set hash = excluded.hash, dimension = excluded.dimension, embedding = excluded.embedding`);
export const SETTLE_DONE = prepared('document.settleDone', `
  update documents d set embedding = 'DONE', embedding_space = $3
  where d.tenant_id = $1 and d.id = $2 and (d.embedding <> 'DONE' or d.embedding_space is distinct from $3)
    and not exists (select from document_passages m where m.tenant_id = $1 and m.document_id = $2 and ${LACKS_VECTOR})`);
export const SETTLE_FAILED = prepared('document.settleFailed', `
  update documents set embedding = 'FAILED' where tenant_id = $1 and id = $2 and embedding = 'PENDING'`);
/** A document whose job waits or runs is left to it. */
export const LACKING = planned('document.lacking', `
  select d.id from documents d
  where d.tenant_id = $1 and (d.embedding <> 'DONE' or d.embedding_space is distinct from $2) and d.updated_at < now() - interval '1 minute'
    and not exists (select from jobs j where j.tenant_id = $1 and j.name = 'document.embedding' and j.dead_at is null and j.payload ->> 'documentId' = d.id::text)
  order by d.id limit $3`);
