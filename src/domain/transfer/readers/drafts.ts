import { createHash } from 'node:crypto';
import { badInput } from '../../../kernel/errors';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../../kernel/json';
import { parseScope, type Scope } from '../../../kernel/scope';
import { MAX_FACT_LENGTH } from '../../memory/memory-rules';
import { parseRecord } from '../parse-record';
import type { TransferRecord } from '../records';
import type { ImportOptions } from '../transfer';

/** Records of what other systems keep: their ids follow from the ids there, so that reading it again finds them. */

/** Where nothing says when: a fixed moment, or the same data would make other ids the next time. */
const UNKNOWN_TIME = '1970-01-01T00:00:00.000Z';

/** A UUID of version 7 that is the same for the same source, in the order of the times there. */
export function idOf(at: string | null, ...source: readonly JsonValue[]): string {
  const bytes = createHash('sha256').update(canonicalJson(source)).digest().subarray(0, 16);
  bytes.writeUIntBE(Math.max(0, Date.parse(at ?? UNKNOWN_TIME)), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const LOCAL = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;

/** A time as other systems write it: ISO 8601 (UTC where no zone is given), or seconds or milliseconds since 1970. @throws GatewayError BAD_USER_INPUT */
export function timeOf(value: JsonValue | undefined, field: string): string | null {
  if (value === null || value === undefined || value === '') return null;
  const at = typeof value === 'number' ? value * (value < 1e11 ? 1000 : 1)
    : typeof value === 'string' ? Date.parse(!LOCAL.test(value) ? value : value.length === 10 ? `${value}T00:00:00Z` : `${value.replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(at) || at < -6e13 || at > 2e14) throw badInput(field, 'this is no time', 'INVALID_VALUE');
  return new Date(at).toISOString();
}

export function objectOf(value: unknown, field = ''): JsonObject {
  if (!isJsonObject(value)) throw badInput(field, 'an object is expected', 'INVALID_VALUE');
  return value;
}

export const listOf = (value: JsonValue | undefined, field: string): readonly JsonValue[] => {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badInput(field, 'a list is expected', 'INVALID_VALUE');
  return value as readonly JsonValue[]; // a seam: a list within JSON
};

/** Null for what is absent, null or empty. */
export function textOf(value: JsonValue | undefined, field: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw badInput(field, 'a text is expected', 'INVALID_VALUE');
  return value;
}

export function requiredText(value: JsonValue | undefined, field: string): string {
  const text = textOf(value, field);
  if (text === null) throw badInput(field, `${field} is missing`, 'INVALID_VALUE');
  return text;
}

/** What is not null, for metadata. */
export const given = (fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0) ? [] : [[key, value]])));

/** The pool that the source names, else that of the options. @throws GatewayError BAD_USER_INPUT (SCOPE_MISSING) */
export function scopeOf(named: Readonly<Record<string, string | null>>, { scope }: ImportOptions, field = 'scope'): Scope {
  const pairs = Object.entries(named).filter(([, value]) => value !== null);
  if (pairs.length > 0) return parseScope(Object.fromEntries(pairs), field);
  if (scope === null) throw badInput(field, 'this names no user or agent, and the import has no scope', 'SCOPE_MISSING');
  return scope;
}

/** As topics are written here: lower case letters, digits and underscores. */
export const topicOf = (name: string): string | null =>
  /^[a-z]/.exec(name.toLowerCase()) === null ? null : name.toLowerCase().replace(/[^a-z0-9]+/g, '_').slice(0, 64).replace(/_+$/, '');

export interface MemoryDraft {
  readonly source: readonly JsonValue[];
  readonly scope: Scope;
  readonly fact: string;
  readonly topics?: readonly string[];
  readonly confidence?: number;
  readonly metadata?: JsonObject;
  readonly validFrom?: string | null;
  readonly validTo?: string | null;
  readonly supersededAt?: string | null;
  readonly createdAt: string | null;
  readonly updatedAt?: string | null;
  readonly expiresAt?: string | null;
}

/** @throws GatewayError BAD_USER_INPUT */
export function memoryRecord({ bankId }: ImportOptions, draft: MemoryDraft): TransferRecord {
  const fact = draft.fact.trim();
  if (fact.length > MAX_FACT_LENGTH) throw badInput('fact', `a fact has at most ${MAX_FACT_LENGTH} characters; bring long texts in as documents`, 'FACT_TOO_LONG');
  const createdAt = draft.createdAt ?? draft.updatedAt ?? UNKNOWN_TIME;
  return parseRecord({
    record: 'memory', id: idOf(createdAt, ...draft.source), bankId, scope: draft.scope, fact, topics: [...new Set(draft.topics ?? [])].slice(0, 10), confidence: draft.confidence ?? 1,
    subject: null, attribute: null, value: null, exclusive: false, validFrom: draft.validFrom ?? null, validTo: draft.validTo ?? null, sessionId: null, eventIds: [], evidenceCount: 1,
    statedAt: draft.updatedAt ?? createdAt, metadata: draft.metadata ?? {}, revision: 1, supersededBy: null, supersededAt: draft.supersededAt ?? null,
    createdAt, updatedAt: draft.updatedAt ?? createdAt, expiresAt: draft.expiresAt ?? null,
  });
}

export interface SessionDraft {
  readonly source: readonly JsonValue[];
  readonly userId: string;
  readonly agentId?: string | null;
  readonly scope: Scope;
  readonly metadata?: JsonObject;
  readonly state?: JsonObject;
  readonly createdAt: string | null;
}

/** The user of a session without one. @throws GatewayError BAD_USER_INPUT (USER_MISSING) */
export function userOf(named: string | null, { scope }: ImportOptions): string {
  const user = named ?? scope?.['user_id'] ?? null;
  if (user === null) throw badInput('user_id', 'this names no user, and the import’s scope has no user_id', 'USER_MISSING');
  return user;
}

export interface Turn {
  readonly source: readonly JsonValue[];
  readonly author: 'USER' | 'AGENT' | 'TOOL' | 'SYSTEM';
  readonly authorName?: string | null;
  readonly text: string | null;
  readonly actions?: JsonObject;
  readonly metadata?: JsonObject;
  readonly at: string | null;
}

/** A session with its events, in their order. A turn that says nothing is left out. */
export function* sessionRecords(draft: SessionDraft, turns: readonly Turn[]): Generator<TransferRecord, void, undefined> {
  const said = turns.filter(({ text, actions }) => (text !== null && text.trim() !== '') || (actions !== undefined && Object.keys(actions).length > 0));
  const createdAt = draft.createdAt ?? said.find(({ at }) => at !== null)?.at ?? UNKNOWN_TIME;
  const id = idOf(createdAt, ...draft.source);
  const { userId, agentId = null, scope, metadata = {}, state = {} } = draft;
  yield parseRecord({
    record: 'session', id, userId, agentId, parentId: null, rootId: null, ancestors: [], scope, initialState: state, metadata, version: 1, createdAt, updatedAt: createdAt, expiresAt: null,
  });
  let last = createdAt;
  for (const [index, turn] of said.entries()) {
    last = turn.at ?? last;
    yield eventRecord(id, index + 1, turn, last);
  }
}

export const eventRecord = (sessionId: string, seq: number, { source, author, authorName = null, text, actions = {}, metadata = {} }: Turn, at: string): TransferRecord => parseRecord({
  record: 'event', id: idOf(at, 'event', sessionId, ...source), sessionId, seq, author, authorName, invocationId: null,
  content: text === null || text.trim() === '' ? [] : [{ type: 'text', text }], actions, metadata, occurredAt: at, createdAt: at,
});
