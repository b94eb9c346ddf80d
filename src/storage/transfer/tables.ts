import { DEFAULT_BANK } from '../../domain/bank/bank';
import { RECORDS, type RecordKind } from '../../domain/transfer/records';

type KeyType = 'uuid' | 'bigint' | 'int' | 'text';

/** Where the records of a kind are kept. The row is `r`, the tenant `$1`. */
export interface RecordTable {
  readonly table: string;
  /** Its key within the tenant, in which an export goes through it. */
  readonly key: readonly (readonly [column: string, type: KeyType])[];
  /** What anybody may see. */
  readonly visible: string;
  /** A later export page leaves out what was made meanwhile. Null where only the last change is known: what changed meanwhile was there before, too. */
  readonly madeAt: string | null;
  /** Fields that are read another way than by the column of their name. */
  readonly computed?: Readonly<Record<string, string>>;
  /** What a row refers to, which has to be there. */
  readonly parents?: readonly { readonly column: string; readonly kind: RecordKind }[];
  /** Another row that says the same as `r`, the one that is to be written, is `t`. */
  readonly twin?: string;
}

const live = (alias: string): string => `(${alias}.expires_at is null or ${alias}.expires_at > now())`;
const ofSession = `exists (select from sessions s where s.tenant_id = r.tenant_id and s.id = r.session_id and ${live('s')})`;
const ofMemory = `exists (select from memories m where m.tenant_id = r.tenant_id and m.id = r.memory_id and m.deleted_at is null and ${live('m')})`;
const session = { column: 'session_id', kind: 'session' } as const;
const passages = `(select coalesce(json_agg(json_build_object('id', p.id, 'headings', p.headings, 'start', p.start, 'end', p."end", 'text', p.text, 'tokens', p.tokens) order by p.ordinal), '[]')
  from document_passages p where p.tenant_id = r.tenant_id and p.document_id = r.id)`;
const versions = `(select coalesce(json_agg(json_build_object('version', v.version, 'title', v.title, 'contentHash', encode(v.content_hash, 'hex'), 'length', v.length,
  'passageCount', v.passage_count, 'keptCount', v.kept_count, 'principalId', v.principal_id, 'createdAt', v.created_at) order by v.version), '[]')
  from (select * from document_versions where tenant_id = r.tenant_id and document_id = r.id order by version desc limit 10000) v)`;
const stat = (column: string, none: string): string => `coalesce((select s.${column} from procedure_stats s where s.tenant_id = r.tenant_id and s.procedure_id = r.id), ${none})`;

export const TABLES: { readonly [Kind in RecordKind]: RecordTable } = {
  // The default bank as it is by default says nothing.
  bank: { table: 'banks', key: [['id', 'text']], visible: `(r.id <> '${DEFAULT_BANK}' or r.config <> '{}')`, madeAt: 'created_at' },
  agent: { table: 'agents', key: [['id', 'text']], visible: 'true', madeAt: 'created_at' },
  preference: { table: 'shared_states', key: [['kind', 'text'], ['owner', 'text']], visible: 'r.version > 0', madeAt: null },
  session: { table: 'sessions', key: [['id', 'uuid']], visible: live('r'), madeAt: 'created_at' },
  event: { table: 'events', key: [['session_id', 'uuid'], ['seq', 'bigint']], visible: ofSession, madeAt: 'created_at', parents: [session] },
  summary: {
    table: 'session_summaries', key: [['session_id', 'uuid'], ['revision', 'int']], visible: ofSession, madeAt: 'created_at', parents: [session],
    twin: 't.session_id = r.session_id and t.to_seq = r.to_seq',
  },
  memory: {
    table: 'memories', key: [['id', 'uuid']], visible: `r.deleted_at is null and ${live('r')}`, madeAt: 'created_at', parents: [{ column: 'bank_id', kind: 'bank' }],
    twin: `r.superseded_at is null and t.deleted_at is null and t.superseded_at is null and t.scope_hash = r.scope_hash and (t.fact_hash = r.fact_hash or t.claim_hash = r.claim_hash)`,
  },
  memoryRevision: {
    table: 'memory_revisions', key: [['memory_id', 'uuid'], ['revision', 'int']], visible: `${live('r')} and ${ofMemory}`, madeAt: 'created_at',
    parents: [{ column: 'memory_id', kind: 'memory' }],
  },
  document: {
    table: 'documents', key: [['id', 'uuid']], visible: 'true', madeAt: 'created_at', parents: [{ column: 'bank_id', kind: 'bank' }],
    computed: { contentHash: `encode(r.content_hash, 'hex')`, passages, versions },
    twin: 't.scope_hash = r.scope_hash and t.identity = r.identity',
  },
  procedure: {
    table: 'procedures', key: [['id', 'uuid']], visible: 'true', madeAt: 'created_at',
    computed: { procedure: `json_build_object('kind', r.kind, 'content', r.content)`, uses: stat('uses', '0'), successes: stat('successes', '0'), lastUsedAt: stat('last_used_at', 'null') },
  },
  procedureRevision: { table: 'procedure_revisions', key: [['procedure_id', 'uuid'], ['revision', 'int']], visible: 'true', madeAt: 'created_at', parents: [{ column: 'procedure_id', kind: 'procedure' }] },
  procedureUse: { table: 'procedure_uses', key: [['id', 'uuid']], visible: `(r.session_id is null or ${ofSession})`, madeAt: 'created_at', parents: [{ column: 'procedure_id', kind: 'procedure' }, session] },
  a2aTask: { table: 'a2a_tasks', key: [['id', 'uuid']], visible: ofSession, madeAt: 'created_at', parents: [session] },
  a2aMessage: { table: 'a2a_messages', key: [['id', 'uuid']], visible: ofSession, madeAt: 'created_at', parents: [session], twin: 't.sender = r.sender and t.message_id = r.message_id' },
};

export const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const fieldsOf = (kind: RecordKind): readonly string[] => Object.keys(RECORDS[kind].shape);
/** What identifies a row within its tenant. */
export const identityOf = (kind: RecordKind, row: Readonly<Record<string, unknown>>): string => JSON.stringify([kind, ...TABLES[kind].key.map(([column]) => String(row[column]))]);
