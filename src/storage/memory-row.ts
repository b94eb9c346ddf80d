import type { StoredMemory } from '../domain/memory/memory.store';
import type { JsonObject } from '../kernel/json';
import type { Scope } from '../kernel/scope';

export interface MemoryRow {
  readonly id: string;
  readonly bank_id: string;
  readonly scope: Scope;
  readonly fact: string;
  readonly topics: readonly string[];
  readonly confidence: number;
  readonly subject: string | null;
  readonly attribute: string | null;
  readonly value: string | null;
  readonly exclusive: boolean;
  readonly valid_from: Date | null;
  readonly valid_to: Date | null;
  readonly session_id: string | null;
  readonly event_ids: readonly string[];
  readonly evidence_count: number;
  readonly stated_at: Date;
  readonly metadata: JsonObject;
  readonly revision: number;
  readonly superseded_by: string | null;
  readonly superseded_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date | null;
}

/** Columns of a memory; the table's alias is `m`. */
export const MEMORY_COLUMNS = `m.id, m.bank_id, m.scope, m.fact, m.topics, m.confidence, m.subject, m.attribute, m.value, m.exclusive,
  m.valid_from, m.valid_to, m.session_id, m.event_ids, m.evidence_count, m.stated_at, m.metadata, m.revision, m.superseded_by,
  m.superseded_at, m.created_at, m.updated_at, m.expires_at`;

/** What readers of tenant `$1` may see: neither deleted nor expired. */
export const MEMORY_VISIBLE = 'm.tenant_id = $1 and m.deleted_at is null and (m.expires_at is null or m.expires_at > now())';

export const toMemory = (row: MemoryRow): StoredMemory => ({
  id: row.id,
  bankId: row.bank_id,
  scope: row.scope,
  fact: row.fact,
  topics: row.topics,
  confidence: row.confidence,
  subject: row.subject,
  attribute: row.attribute,
  value: row.value,
  exclusive: row.exclusive,
  validFrom: row.valid_from,
  validTo: row.valid_to,
  sessionId: row.session_id,
  eventIds: row.event_ids,
  evidenceCount: row.evidence_count,
  statedAt: row.stated_at,
  metadata: row.metadata,
  revision: row.revision,
  supersededBy: row.superseded_by,
  supersededAt: row.superseded_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  expiresAt: row.expires_at,
});
