import { DEFAULT_BANK } from '../../domain/bank/bank';
import type { Row } from './rows';
import type { RecordKind } from '../../domain/transfer/records';
import type { Imagined, Prepared, Verdict } from '../../domain/transfer/transfer.store';
import type { Actor } from '../../kernel/actor';
import { canonicalJson } from '../../kernel/json';
import { prepared, type Sql, type Statement } from '../sql';
import { identityOf, TABLES } from './tables';

const UNTOLD: Inspected = { existing: true, twin: false, deleted: false, expired: false, passageTaken: false, keyRefused: false, ahead: false, missing: [] };
const CREATED: Verdict = { outcome: 'created' };
const EXISTING: Verdict = { outcome: 'existing' };
const refused = (field: string | null, code: string, message: string): Verdict => ({ outcome: 'refused', field, code, message });

/** `$2`: the rows. */
const ROWS = (table: string): string => `jsonb_array_elements($2::jsonb) with ordinality o (value, n) cross join lateral jsonb_populate_record(null::${table}, o.value) r`;

/** A bank that nobody has set yet takes the settings that come. */
const SET = `(t.version > 1 or t.config <> '{}' or r.config = '{}')`;

/** Passages have ids of their own. */
const PASSAGE_TAKEN = `exists (select from jsonb_array_elements(o.value -> 'passages') e join document_passages p on p.tenant_id = $1 and p.id = (e ->> 'id')::uuid)`;
/** The same rule as for what is written here. */
const KEY_REFUSED = `exists (select from banks b, jsonb_object_keys(r.scope) k
  where b.tenant_id = $1 and b.id = r.bank_id and b.config -> 'allowedScopeKeys' <> '[]' and not (b.config -> 'allowedScopeKeys') ? k)`;

function inspectStatement(kind: RecordKind): Statement {
  const { table, key, parents = [], twin } = TABLES[kind];
  const same = key.map(([column]) => `t.${column} = r.${column}`).join(' and ');
  const there = (condition: string): string => `exists (select from ${table} t where t.tenant_id = $1 and ${condition})`;
  const missing = parents.map(({ column, kind: parent }) => {
    const { table: of, key: [[id] = ['id']] } = TABLES[parent];
    const hidden = parent === 'memory' ? ' and p.deleted_at is null' : '';
    return `case when r.${column} is not null and not exists (select from ${of} p where p.tenant_id = $1 and p.${id} = r.${column}${hidden}) then '${column}' end`;
  });
  return prepared(`transfer.inspect.${kind}`, `
    select ${there(kind === 'bank' ? `${same} and ${SET}` : same)} as existing, ${twin === undefined ? 'false' : there(twin)} as twin,
      ${kind === 'memory' ? there(`${same} and t.deleted_at is not null`) : 'false'} as deleted,
      ${kind === 'document' ? PASSAGE_TAKEN : 'false'} as "passageTaken", ${kind === 'document' || kind === 'memory' ? KEY_REFUSED : 'false'} as "keyRefused", ${aheadOf(kind)} as ahead,
      coalesce((to_jsonb(r) ->> 'expires_at')::timestamptz <= now(), false) as expired, array_remove(array[${missing.join(', ')}]::text[], null) as missing
    from ${ROWS(table)} order by o.n`);
}
const INSPECT = new Map((Object.keys(TABLES) as RecordKind[]).map((kind) => [kind, inspectStatement(kind)])); // a seam: the table's own keys

function aheadOf(kind: RecordKind): string {
  if (kind === 'memoryRevision') return 'exists (select from memories p where p.tenant_id = $1 and p.id = r.memory_id and p.revision < r.revision)';
  if (kind === 'procedureRevision') return 'exists (select from procedures p where p.tenant_id = $1 and p.id = r.procedure_id and p.revision < r.revision)';
  return 'false';
}

interface Inspected {
  readonly existing: boolean;
  readonly twin: boolean;
  readonly deleted: boolean;
  readonly expired: boolean;
  readonly passageTaken: boolean;
  readonly keyRefused: boolean;
  /** A revision that what it belongs to has not reached: its own next one will bear this number. */
  readonly ahead: boolean;
  /** Columns that refer to what is not there. */
  readonly missing: readonly string[];
}

/** What writing these rows would do; `imagined` holds what those before would have written. */
export async function inspectRecords(sql: Sql, actor: Actor, kind: RecordKind, items: readonly Prepared[], imagined: Imagined): Promise<readonly Verdict[]> {
  const rows = items.map(({ row }) => row as Row); // a seam: `prepare` made it
  const found = await sql.query<Inspected>(INSPECT.get(kind) ?? inspectStatement(kind), [actor.tenantId, JSON.stringify(rows)]);
  const parents = TABLES[kind].parents ?? [];
  const judge = kind === 'event' ? await sequence(sql, actor, rows, imagined) : () => CREATED;
  return rows.map((row, index) => {
    const own = identitiesOf(kind, row);
    const { existing, twin, deleted, expired, passageTaken, keyRefused, ahead, missing } = found[index] ?? UNTOLD;
    if (deleted) return refused('id', 'DELETED', 'this memory was deleted here; restoreMemory takes that back for a while');
    if (expired && !existing) return refused('expires_at', 'EXPIRED', 'its time is over');
    // Every tenant has this bank, before it has a row for it.
    if (kind === 'bank' && row['id'] === DEFAULT_BANK && canonicalJson(row['config']) === '{}') return EXISTING;
    const orphan = parents.find(({ column, kind: parent }) => missing.includes(column) && row[column] !== DEFAULT_BANK && !imagined.has(JSON.stringify([parent, String(row[column])])));
    if (orphan !== undefined) return refused(orphan.column, 'PARENT_MISSING', `the ${orphan.kind} that this belongs to is not there`);
    if (kind !== 'event' && (existing || twin || own.some((identity) => imagined.has(identity)))) return EXISTING;
    if (ahead) return refused('revision', 'REVISION_AHEAD', 'what this belongs to is at an earlier revision here, and stays there');
    if (keyRefused) return refused('scope', 'SCOPE_KEY_NOT_ALLOWED', 'the bank does not allow one of the scope’s keys');
    const passages = passagesOf(row);
    if (passageTaken || passages.some((identity) => imagined.has(identity))) return refused('passages', 'PASSAGE_TAKEN', 'another document has a passage with one of these ids');
    imagined.add(passages);
    const verdict = judge(row);
    if (verdict.outcome === 'created') imagined.add(own);
    return verdict;
  });
}

const passagesOf = ({ passages }: Row): string[] => (Array.isArray(passages) ? (passages as readonly Row[]).map(({ id }) => JSON.stringify(['passage', id])) : []);

function identitiesOf(kind: RecordKind, row: Row): string[] {
  const own = [kind === 'event' ? said(row) : identityOf(kind, row)];
  if (kind === 'memory' && row['superseded_at'] === null) {
    own.push(JSON.stringify(['fact', row['scope_hash'], row['fact_hash']]));
    if (row['claim_hash'] !== null) own.push(JSON.stringify(['claim', row['scope_hash'], row['claim_hash']]));
  }
  if (kind === 'document') own.push(JSON.stringify(['document', row['scope_hash'], row['identity']]));
  if (kind === 'summary') own.push(JSON.stringify(['summary through', row['session_id'], row['to_seq']]));
  if (kind === 'a2aMessage') own.push(JSON.stringify(['sent', row['sender'], row['message_id']]));
  return own;
}

const said = (row: Row): string => JSON.stringify(['event', row['session_id'], row['seq'], row['id']]);

/** Sessions are locked in the order of their ids, as every append does. */
const LOCK_SESSIONS = prepared('transfer.lockSessions', 'select id, next_seq from sessions where tenant_id = $1 and id = any ($2::uuid[]) order by id for update');
const STORED = prepared('transfer.storedEvents', `
  select e.session_id, e.seq, e.id from events e
  where e.tenant_id = $1 and (e.id = any ($2::uuid[]) or (e.session_id, e.seq) in (select * from unnest($3::uuid[], $4::bigint[])))`);

/** Events keep their numbers, and a session never gets a gap: each is the next one, is there already, or is refused. */
async function sequence(sql: Sql, { tenantId }: Actor, rows: readonly Row[], imagined: Imagined): Promise<(row: Row) => Verdict> {
  const sessions = [...new Set(rows.map((row) => String(row['session_id'])))];
  const locked = await sql.query<{ id: string; next_seq: string }>(LOCK_SESSIONS, [tenantId, sessions]);
  const nextSeqs = new Map(locked.map(({ id, next_seq }) => [id, Number(next_seq)]));
  const stored = await sql.query<{ session_id: string; seq: string; id: string }>(STORED, [
    tenantId, rows.map((row) => row['id']), rows.map((row) => row['session_id']), rows.map((row) => row['seq']),
  ]);
  const idAt = new Map(stored.map(({ session_id, seq, id }) => [`${session_id} ${seq}`, id]));
  const taken = new Set(stored.map(({ id }) => id));
  return (row) => {
    const [session, seq, id] = [String(row['session_id']), Number(row['seq']), String(row['id'])];
    const next = imagined.nextSeq(session) ?? nextSeqs.get(session) ?? 1;
    if (seq < next) {
      const there = idAt.get(`${session} ${seq}`);
      return there === id || imagined.has(said(row)) ? EXISTING : refused('seq', 'SEQ_TAKEN', 'the session has another event with this number');
    }
    if (seq > next) return refused('seq', 'SEQ_GAP', `the session’s next event is number ${next}`);
    if (taken.has(id) || imagined.has(JSON.stringify(['event id', id]))) return refused('id', 'ID_TAKEN', 'there is another event with this id');
    imagined.setNextSeq(session, seq + 1);
    imagined.add([JSON.stringify(['event id', id])]);
    return CREATED;
  };
}
