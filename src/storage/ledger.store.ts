import type { LedgerStore } from '../domain/ledger/ledger.store';
import type { StoredEntry } from '../domain/ledger/ledger';
import { mayTouch, type Actor } from '../kernel/actor';
import { isUuid } from '../kernel/ids';
import { scopeHash, scopeSubsetHashes, type Scope } from '../kernel/scope';
import { limitHashes } from './scope-limits';
import { prepared, type Sql } from './sql';

/** Namespace of decisions' scopes inside scope hashes. */
const NAMESPACE = 'ledger';

const MAKE_HEAD = prepared('ledger.makeHead', 'insert into ledger_heads (tenant_id) values ($1) on conflict do nothing');
const LOCK_HEAD = prepared('ledger.lockHead', 'select seq, cid from ledger_heads where tenant_id = $1 for update');
const HEAD = prepared('ledger.head', 'select seq, cid from ledger_heads where tenant_id = $1');
const ADD = prepared('ledger.add', `
  with entry as (insert into ledger_entries (tenant_id, seq, cid, block) values ($1, $2, $3, $4)),
  head as (update ledger_heads set seq = $2, cid = $3 where tenant_id = $1)
  insert into ledger_records (tenant_id, seq, kind, session_id, agent_id, scope, scope_hash, scope_sub, salt, content)
  values ($1, $2, $5, $6, $7, $8, $9, $10, $11, $12)`);

const COLUMNS = 'e.seq, e.cid, e.block, r.salt, r.content, r.scope';
const OF_ENTRY = 'r.tenant_id = e.tenant_id and r.seq = e.seq';
const GET_MANY = prepared('ledger.getMany', `
  select ${COLUMNS} from ledger_entries e left join ledger_records r on ${OF_ENTRY}
  where e.tenant_id = $1 and e.cid = any ($2::text[]) and ($3::bigint[] is null or r.scope_sub && $3)`);
const LIST = prepared('ledger.list', `
  select ${COLUMNS} from ledger_records r join ledger_entries e on ${OF_ENTRY}
  where r.tenant_id = $1 and ($2::bigint[] is null or r.scope_sub && $2) and r.kind = $3
    and ($4::uuid is null or r.session_id = $4) and ($5::text is null or r.agent_id = $5) and ($6::bigint is null or r.seq < $6)
  order by r.seq desc limit $7 offset $8`);
const READ_AFTER = prepared('ledger.readAfter', `
  select ${COLUMNS} from ledger_entries e left join ledger_records r on ${OF_ENTRY}
  where e.tenant_id = $1 and e.seq > $2 order by e.seq limit $3`);

interface EntryRow {
  readonly seq: string;
  readonly cid: string;
  readonly block: string;
  readonly salt: Buffer | null;
  readonly content: string | null;
  readonly scope: Scope | null;
}

export function createLedgerStore(sql: Sql): LedgerStore {
  const head: LedgerStore['head'] = async (actor) => toHead(await sql.query(HEAD, [actor.tenantId]));
  return {
    head,

    async lockHead(actor) {
      await sql.query(MAKE_HEAD, [actor.tenantId]);
      return toHead(await sql.query(LOCK_HEAD, [actor.tenantId]));
    },

    async add({ tenantId }, { seq, cid, block, kind, record, sessionId, agentId }) {
      await sql.query(ADD, [
        tenantId, seq, cid, block, kind, sessionId, agentId, JSON.stringify(record.scope),
        scopeHash(tenantId, NAMESPACE, record.scope), scopeSubsetHashes(tenantId, NAMESPACE, record.scope), record.salt, record.content,
      ]);
    },

    async getMany(actor, cids) {
      const rows = await sql.query<EntryRow>(GET_MANY, [actor.tenantId, cids, limitHashes(actor, NAMESPACE)]);
      const byCid = new Map(visible(actor, rows).map((row) => [row.cid, toEntry(row)]));
      return cids.map((cid) => byCid.get(cid) ?? null);
    },

    async list(actor, { kind, sessionId, agentId }, { limit, offset, before }) {
      if (sessionId !== undefined && !isUuid(sessionId)) return [];
      const rows = await sql.query<EntryRow>(LIST, [actor.tenantId, limitHashes(actor, NAMESPACE), kind, sessionId ?? null, agentId ?? null, before, limit, offset]);
      return visible(actor, rows).map(toEntry);
    },

    async readAfter(actor, seq, limit) {
      const rows = await sql.query<EntryRow>(READ_AFTER, [actor.tenantId, seq, limit]);
      return visible(actor, rows).map(toEntry);
    },
  };
}

const visible = (actor: Actor, rows: readonly EntryRow[]): EntryRow[] =>
  rows.filter(({ scope }) => (scope === null ? actor.scopeLimits.length === 0 : mayTouch(actor, scope)));

/** A tenant's head row is made before its first entry. */
function toHead([row]: readonly { seq?: string; cid?: string | null }[]): { seq: number; cid: string } | null {
  return row?.seq === undefined || row.cid === null || row.cid === undefined ? null : { seq: Number(row.seq), cid: row.cid };
}

const toEntry = ({ seq, cid, block, salt, content, scope }: EntryRow): StoredEntry => ({
  seq: Number(seq), cid, block, record: salt === null || content === null || scope === null ? null : { salt, content, scope },
});
