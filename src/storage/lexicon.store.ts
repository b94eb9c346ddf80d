import { SMALL_CORPUS, type Corpus, type LexiconStore, type OverdueLexicon } from '../domain/search/lexicon.store';
import { planned, prepared, unmeasured, type Sql, type Statement } from './sql';

/** Each corpus is a table of this name with the columns tsv and length. What is deleted or expired lends no words. */
const LIVE: Readonly<Record<Corpus, string>> = {
  events: ' and session_id not in (select id from sessions where tenant_id = %1$L and expires_at <= now())',
  memories: ' and deleted_at is null and (expires_at is null or expires_at > now())',
  procedures: '',
  document_passages: '',
};
const MAX_SIMILAR = 1000;

const each = <T>(make: (corpus: Corpus) => T): Readonly<Record<Corpus, T>> => ({ events: make('events'), memories: make('memories'), procedures: make('procedures'), document_passages: make('document_passages') });

/** What was large at the last refresh is not counted: that took four to nine milliseconds of every search. */
const READ = each((corpus) => prepared(`lexicon.read.${corpus}`, `
  select c.documents, c.total_length, c.refreshed_at,
    case when c.documents > ${SMALL_CORPUS} then ${SMALL_CORPUS + 1}
      else (select count(*) from (select from ${corpus} where tenant_id = $1 limit ${SMALL_CORPUS + 1}) counted)::int end as documents_now,
    (select coalesce(jsonb_object_agg(l.lexeme, l.df), '{}') from unnest(${unmeasured('$2::text[]')}) as word (lexeme)
     join lexicon l on l.tenant_id = $1 and l.corpus = '${corpus}' and l.lexeme = word.lexeme) as frequencies
  from (values (1)) one left join corpus_stats c on c.tenant_id = $1 and c.corpus = '${corpus}'`));

/** A range of the primary key: lexemes sort by bytes, so every word on a letter lies between it and its successor. */
const SIMILAR = prepared('lexicon.similar', `
  select r.n::int as n, l.lexeme, l.df
  from unnest($3::text[], $4::text[], $5::int[], $6::int[]) with ordinality as r (first, next, min, max, n) cross join lateral (
    select lexeme, df from lexicon
    where tenant_id = $1 and corpus = $2 and lexeme >= r.first and lexeme < r.next and length(lexeme) between r.min and r.max
    order by df desc, lexeme limit ${MAX_SIMILAR}) l
  order by r.n, l.df desc, l.lexeme`);

/** Taking this row first lines concurrent refreshes up; an empty corpus has no row. */
const COUNT = each((corpus) => planned(`lexicon.count.${corpus}`, `
  insert into corpus_stats (tenant_id, corpus, documents, total_length, refreshed_at)
  select $1, '${corpus}', count(*), coalesce(sum(length), 0), now() from ${corpus} where tenant_id = $1 having count(*) > 0
  on conflict (tenant_id, corpus) do update set
    documents = excluded.documents, total_length = excluded.total_length, refreshed_at = excluded.refreshed_at, erased = false`));
const CLEAR = prepared('lexicon.clear', 'delete from lexicon where tenant_id = $1 and corpus = $2');
/** An empty corpus has no row to line up at: another refresh may have filled it meanwhile. ts_stat takes the text of a query: the tenant is quoted by the server itself. */
const FILL = each((corpus) => planned(`lexicon.fill.${corpus}`, `
  insert into lexicon (tenant_id, corpus, lexeme, df)
  select $1, '${corpus}', word, ndoc
  from ts_stat(format('select tsv from ${corpus} where tenant_id = %1$L${LIVE[corpus]}', $1::text)) order by word
  on conflict (tenant_id, corpus, lexeme) do update set df = excluded.df`));
const FORGET = prepared('lexicon.forget', `
  delete from corpus_stats where tenant_id = $1 and corpus = $2 and not exists (select from lexicon l where l.tenant_id = $1 and l.corpus = $2)`);

/** Words of what expired without being erased go within a day; a large corpus that loses documents all the time is not counted all the time. */
const OVERDUE = prepared('lexicon.overdue', `
  select tenant_id, corpus from corpus_stats
  where (erased and (documents <= ${SMALL_CORPUS} or refreshed_at < now() - documents / 100000.0 * interval '10 minutes'))
    or refreshed_at < now() - interval '1 day'
  order by refreshed_at limit $1`);

/** Lexicons of all tenants that may hold words of what was erased, the longest unrefreshed first. */
export const overdueLexicons = async (sql: Sql, limit: number): Promise<OverdueLexicon[]> =>
  (await sql.query<{ tenant_id: string; corpus: Corpus }>(OVERDUE, [limit])).map(({ tenant_id, corpus }) => ({ tenantId: tenant_id, corpus }));

interface ReadingRow {
  readonly documents: string | null;
  readonly total_length: string | null;
  readonly refreshed_at: Date | null;
  readonly documents_now: number;
  readonly frequencies: Readonly<Record<string, number>>;
}

export function createLexiconStore(sql: Sql): LexiconStore {
  return {
    async read(actor, corpus, lexemes) {
      const [row] = await sql.query<ReadingRow>(READ[corpus], [actor.tenantId, lexemes]);
      return {
        documents: Number(row?.documents ?? 0),
        totalLength: Number(row?.total_length ?? 0),
        refreshedAt: row?.refreshed_at ?? null,
        documentsNow: row?.documents_now ?? 0,
        frequencies: new Map(Object.entries(row?.frequencies ?? {})),
      };
    },

    async similar(actor, corpus, looks) {
      const found = looks.map(() => new Map<string, number>());
      if (looks.length === 0) return found;
      const rows = await sql.query<{ n: number; lexeme: string; df: number }>(SIMILAR, [
        actor.tenantId, corpus, looks.map(({ firstLetter }) => firstLetter), looks.map(({ firstLetter }) => String.fromCodePoint((firstLetter.codePointAt(0) ?? 0) + 1)),
        looks.map(({ min }) => min), looks.map(({ max }) => max),
      ]);
      for (const { n, lexeme, df } of rows) found[n - 1]?.set(lexeme, df);
      return found;
    },

    refresh: (actor, corpus) =>
      sql.transact(async (tx) => {
        const run = (statement: Statement, values: readonly unknown[]): Promise<object[]> => tx.query(statement, values);
        await run(COUNT[corpus], [actor.tenantId]);
        await run(CLEAR, [actor.tenantId, corpus]);
        await run(FILL[corpus], [actor.tenantId]);
        await run(FORGET, [actor.tenantId, corpus]);
      }),
  };
}
