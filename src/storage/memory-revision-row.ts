import { z } from 'zod';
import { supersededReason, type MemoryRevision, type RevisionAction } from '../domain/memory/memory';
import { isJsonObject, type JsonObject } from '../kernel/json';

export interface RevisionRow {
  readonly memory_id: string;
  readonly revision: number;
  readonly action: RevisionAction;
  readonly fact: string;
  readonly snapshot: unknown;
  readonly reason: string | null;
  readonly principal_id: string;
  readonly generation_id: string | null;
  readonly candidates: readonly string[];
  readonly created_at: Date;
  /** What the memory that superseded this one says; null for other revisions and once it is gone. */
  readonly successor: string | null;
}

const DATE = z.iso.datetime().transform((text) => new Date(text)).nullable();
/** A snapshot is JSON, so its dates come back as text. */
const SNAPSHOT = z.object({
  topics: z.array(z.string()),
  confidence: z.number(),
  validFrom: DATE,
  validTo: DATE,
  metadata: z.custom<JsonObject>(isJsonObject),
  eventIds: z.array(z.string()),
});

export const toRevision = (row: RevisionRow): MemoryRevision => ({
  memoryId: row.memory_id,
  revision: row.revision,
  action: row.action,
  fact: row.fact,
  ...SNAPSHOT.parse(row.snapshot),
  reason: row.action === 'SUPERSEDED' ? supersededReason(row.successor) : row.reason,
  principalId: row.principal_id,
  generationId: row.generation_id,
  candidates: row.candidates,
  createdAt: row.created_at,
});
