import { EntitySchema } from 'typeorm';
import { array, bigint, bytea, defaulted, index, jsonb, key, nullable, ofTenant, primary, references, text, unique, uuid } from './columns';

export const ledgerHeads = new EntitySchema({
  name: 'ledger_heads',
  columns: {
    tenant_id: primary(key),
    seq: defaulted(bigint, 0),
    cid: nullable(key),
  },
  foreignKeys: [ofTenant('ledger_heads')],
});

export const ledgerEntries = new EntitySchema({
  name: 'ledger_entries',
  columns: {
    tenant_id: primary(key),
    seq: primary(bigint),
    cid: key,
    block: text,
  },
  foreignKeys: [references('ledger_entries', ['tenant_id'], 'tenants', ['id'])],
  indices: [
    unique('ledger_entries_cid', ['tenant_id', 'cid']),
  ],
});

export const ledgerRecords = new EntitySchema({
  name: 'ledger_records',
  columns: {
    tenant_id: primary(key),
    seq: primary(bigint),
    kind: text,
    session_id: nullable(uuid),
    agent_id: nullable(key),
    scope: jsonb,
    scope_hash: bigint,
    scope_sub: array(bigint),
    salt: bytea,
    content: text,
  },
  foreignKeys: [references('ledger_records', ['tenant_id', 'seq'], 'ledger_entries', ['tenant_id', 'seq'])],
  indices: [
    index('ledger_records_session', ['tenant_id', 'session_id', 'seq'], 'session_id is not null'),
    index('ledger_records_agent', ['tenant_id', 'agent_id', 'seq'], 'agent_id is not null'),
  ],
});
