import { DEFAULT_BANK, DEFAULT_BANK_CONFIG, type Bank, type BankConfig } from '../domain/bank/bank';
import type { BankStore } from '../domain/bank/bank.store';
import type { Actor } from '../kernel/actor';
import { prepared, type Sql } from './sql';

interface BankRow {
  readonly id: string;
  readonly config: Partial<BankConfig>;
  readonly version: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = 'id, config, version, created_at, updated_at';

/** A tenant's `default` shows before its row exists, since the day the tenant was made. */
const GET = prepared('bank.get', `
  select ${COLUMNS} from banks where tenant_id = $1 and id = $2
  union all
  select '${DEFAULT_BANK}', '{}', 1, created_at, created_at from tenants t
  where t.id = $1 and $2 = '${DEFAULT_BANK}' and not exists (select 1 from banks where tenant_id = $1 and id = $2)`);
const LIST = prepared('bank.list', `
  select ${COLUMNS} from banks where tenant_id = $1
  union all
  select '${DEFAULT_BANK}', '{}', 1, created_at, created_at from tenants t
  where t.id = $1 and not exists (select 1 from banks where tenant_id = $1 and id = '${DEFAULT_BANK}')
  order by id limit 1000`);
const MAKE_DEFAULT = prepared('bank.makeDefault', `
  insert into banks (tenant_id, id) values ($1, '${DEFAULT_BANK}') on conflict do nothing`);
const LOCK = prepared('bank.lock', `select ${COLUMNS} from banks where tenant_id = $1 and id = $2 for update`);
const INSERT = prepared('bank.insert', `insert into banks (tenant_id, id, config) values ($1, $2, $3) on conflict do nothing returning id`);
const UPDATE = prepared('bank.update', `
  update banks set config = $3, version = version + 1, updated_at = now() where tenant_id = $1 and id = $2`);
const REMOVE = prepared('bank.remove', `
  with words as (
    select sha256(convert_to(fact, 'UTF8')) as hash from memories where tenant_id = $1 and bank_id = $2
    union
    select sha256(convert_to(r.fact, 'UTF8')) from memories m join memory_revisions r on r.tenant_id = m.tenant_id and r.memory_id = m.id
    where m.tenant_id = $1 and m.bank_id = $2),
  cached as (delete from embedding_cache where tenant_id = $1 and content_hash in (select hash from words)),
  counted as (
    update corpus_stats set erased = true where tenant_id = $1 and ((corpus = 'memories' and exists (select from words))
      or (corpus = 'document_passages' and exists (select from documents where tenant_id = $1 and bank_id = $2))))
  delete from banks where tenant_id = $1 and id = $2`);
const COUNT = prepared('bank.count', 'select count(*)::int as banks from banks where tenant_id = $1');

export function createBankStore(sql: Sql): BankStore {
  const one = async (actor: Actor, statement: typeof GET, values: readonly unknown[]): Promise<Bank | null> => {
    const [row] = await sql.query<BankRow>(statement, [actor.tenantId, ...values]);
    return row === undefined ? null : toBank(row);
  };

  return {
    get: (actor, id) => one(actor, GET, [id]),

    list: async (actor) => (await sql.query<BankRow>(LIST, [actor.tenantId])).map(toBank),

    async ensureDefault(actor, id) {
      if (id === DEFAULT_BANK) await sql.query(MAKE_DEFAULT, [actor.tenantId]);
    },

    async lock(actor, id) {
      if (id === DEFAULT_BANK) await sql.query(MAKE_DEFAULT, [actor.tenantId]);
      return one(actor, LOCK, [id]);
    },

    insert: async (actor, id, config) => (await sql.query(INSERT, [actor.tenantId, id, JSON.stringify(config)])).length > 0,

    async update(actor, id, config) {
      await sql.query(UPDATE, [actor.tenantId, id, JSON.stringify(config)]);
    },

    async remove(actor, id) {
      await sql.query(REMOVE, [actor.tenantId, id]);
    },

    count: async (actor) => (await sql.query<{ banks: number }>(COUNT, [actor.tenantId]))[0]?.banks ?? 0,
  };
}

/** Settings that a release added are at their defaults in banks stored before it. */
const toBank = ({ id, config, version, created_at, updated_at }: BankRow): Bank => ({
  id,
  ...DEFAULT_BANK_CONFIG,
  ...config,
  ttls: { ...DEFAULT_BANK_CONFIG.ttls, ...config.ttls },
  version: Number(version),
  createdAt: created_at,
  updatedAt: updated_at,
});
