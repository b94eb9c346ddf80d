import { eventsTopic } from '../domain/session/event';
import { generationTopic } from '../domain/feed/feed';
import { addCounts, FORGOTTEN, NO_COUNTS, type Counts, type ForgettingKind, type ForgettingStatus } from '../domain/forgetting/forgetting';
import type { ForgettingStore, SourceKind, StoredForgetting } from '../domain/forgetting/forgetting.store';
import { isTerminal, type Generation } from '../domain/generation/generation';
import type { Actor } from '../kernel/actor';
import { scopeHash, scopeSubsetHashes, type Scope } from '../kernel/scope';
import type { Bus } from '../platform/bus/bus.port';
import { createFeedStore } from './feed.store';
import * as statements from './forgetting.sql';
import { ERASE_THESE } from './memory.sql';
import { PROCEDURES } from './procedure-row';
import { limitHashes, visibleTo } from './scope-limits';
import { EVENTS_NAMESPACE } from './session.store';
import type { Sql } from './sql';

/** Namespace of erasures' scopes inside scope hashes. */
const NAMESPACE = 'forgetting';
/** The bank that a tenant has before it has a row. */
const DEFAULT_BANK = 'default';

interface ForgettingRow {
  readonly id: string;
  readonly kind: ForgettingKind;
  readonly status: ForgettingStatus;
  readonly subject: string | null;
  readonly scope: Scope;
  readonly found: Partial<Counts>;
  readonly erased: Partial<Counts>;
  readonly done: number;
  readonly total: number;
  readonly principal_id: string;
  readonly error: string | null;
  readonly receipt_cid: string | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

interface DoomedRow {
  readonly id: string;
  readonly bank_id: string;
  readonly scope: Scope;
  readonly revision: number;
}

const personOf = (userId: string): Scope => ({ user_id: userId });

export function createForgettingStore(sql: Sql, bus: Bus): ForgettingStore {
  const one = async (actor: Actor, statement: typeof statements.GET, id: string): Promise<StoredForgetting | null> =>
    visibleTo(actor, await sql.query<ForgettingRow>(statement, [actor.tenantId, id, limitHashes(actor, NAMESPACE)])).map(toForgetting)[0] ?? null;
  const next = async ({ tenantId }: Actor, id: string, kind: SourceKind, limit: number): Promise<string[]> =>
    (await sql.query<{ ref: string }>(statements.NEXT, [tenantId, id, kind, limit])).map(({ ref }) => ref);
  const done = ({ tenantId }: Actor, id: string, kind: SourceKind, refs: readonly string[]): Promise<object[]> =>
    sql.query(statements.DONE, [tenantId, id, kind, refs]);
  /** Hashes of the pool `{user_id}` in every bank. */
  const poolsOf = async ({ tenantId }: Actor, userId: string): Promise<string[]> => {
    const banks = (await sql.query<{ id: string }>(statements.BANKS, [tenantId])).map(({ id }) => id);
    return [...new Set([DEFAULT_BANK, ...banks])].map((bankId) => scopeHash(tenantId, bankId, personOf(userId)));
  };

  return {
    async insert(actor, { id, kind, subject, scope }) {
      await sql.query(statements.INSERT, [
        actor.tenantId, id, kind, subject, JSON.stringify(scope), scopeSubsetHashes(actor.tenantId, NAMESPACE, scope), actor.principalId,
      ]);
    },

    async dropImports({ tenantId }) {
      await sql.query(statements.DROP_IMPORTS, [tenantId]);
    },

    get: (actor, id) => one(actor, statements.GET, id),
    lock: (actor, id) => one(actor, statements.LOCK, id),

    async list(actor, { limit, offset, before }) {
      const rows = await sql.query<ForgettingRow>(statements.LIST, [actor.tenantId, limitHashes(actor, NAMESPACE), before, limit, offset]);
      return visibleTo(actor, rows).map(toForgetting);
    },

    async change(actor, id, { status, found, erased, error, receiptCid }) {
      await sql.query(statements.CHANGE, [
        actor.tenantId, id, status, found === undefined ? null : JSON.stringify(found), erased === undefined ? null : JSON.stringify(erased),
        error !== undefined, error, receiptCid,
      ]);
      if (status !== 'COMPLETED') return;
      await sql.query(statements.DROP_SOURCES, [actor.tenantId, id]);
      sql.afterCommit(() => { bus.notify(FORGOTTEN); });
    },

    async collectMemories(actor, id, { bankId, scope, match, topic, sessionId, ids, createdBefore }) {
      await sql.query(statements.COLLECT_MEMORIES, [
        actor.tenantId, id, bankId, scopeHash(actor.tenantId, bankId, scope), JSON.stringify(scope), match === 'SUBSET',
        actor.scopeLimits.length === 0 ? null : actor.scopeLimits.map((limit) => JSON.stringify(limit)), topic, sessionId, ids, createdBefore,
      ]);
    },

    async collectUser(actor, id, userId) {
      const person = [actor.tenantId, id, userId];
      await sql.query(statements.COLLECT_SESSIONS, [...person, scopeHash(actor.tenantId, EVENTS_NAMESPACE, personOf(userId))]);
      await sql.query(statements.COLLECT_OBJECTS, person.slice(0, 2));
      await sql.query(statements.COLLECT_GENERATIONS, person);
      await sql.query(statements.COLLECT_OWN_MEMORIES, [...person, await poolsOf(actor, userId)]);
      await sql.query(statements.COLLECT_DECISIONS, person);
    },

    async count(actor, id, userId) {
      const [counts = {}] = await sql.query<Partial<Counts>>(statements.COUNT, [actor.tenantId, id, userId]);
      return addCounts(NO_COUNTS, counts);
    },

    left: async (actor, id, kind) => (await sql.query<{ n: number }>(statements.LEFT, [actor.tenantId, id, kind]))[0]?.n ?? 0,

    async eraseSessions(actor, id, limit) {
      const { tenantId } = actor;
      const ids = await next(actor, id, 'SESSION', limit);
      if (ids.length === 0) return null;
      await sql.query(statements.LOCK_SESSIONS, [tenantId, ids]);
      // What was appended since it was collected, its objects too.
      await sql.query(statements.COLLECT_OBJECTS, [tenantId, id]);
      const idempotentAnswers = await sql.query(statements.FORGET_KEYS_OF_SESSIONS, [tenantId, ids]);
      const [counts = {}] = await sql.query<Partial<Counts>>(statements.COUNT_SESSIONS, [tenantId, ids]);
      const sessions = await sql.query(statements.ERASE_SESSIONS, [tenantId, ids]);
      await done(actor, id, 'SESSION', ids);
      // Subscribers look, find nothing, and end with NOT_FOUND.
      sql.afterCommit(() => { for (const session of ids) bus.notify(eventsTopic(tenantId, session)); });
      return { ...counts, sessions: sessions.length, idempotentAnswers: idempotentAnswers.length };
    },

    async eraseGenerations(actor, id, limit) {
      const ids = await next(actor, id, 'GENERATION', limit);
      if (ids.length === 0) return null;
      const locked = await sql.query<Pick<Generation, 'id' | 'status' | 'phase' | 'done' | 'total'>>(statements.LOCK_GENERATIONS, [actor.tenantId, ids]);
      await sql.query(statements.COLLECT_MADE, [actor.tenantId, id, ids]);
      await createFeedStore(sql, bus).append(actor, locked.filter(({ status }) => !isTerminal(status)).map(({ id: generation, ...step }) => ({
        topic: generationTopic(generation), ref: { ...step, status: 'CANCELED' },
      })));
      const [counts = {}] = await sql.query<Partial<Counts>>(statements.ERASE_GENERATIONS, [actor.tenantId, ids]);
      await done(actor, id, 'GENERATION', ids);
      return counts;
    },

    async nextMemories(actor, id, limit) {
      const ids = await next(actor, id, 'MEMORY', limit);
      const rows = await sql.query<DoomedRow>(statements.LOCK_MEMORIES, [actor.tenantId, ids]);
      const gone = ids.filter((memory) => !rows.some((row) => row.id === memory));
      await done(actor, id, 'MEMORY', gone);
      return rows.map((row) => ({ id: row.id, bankId: row.bank_id, scope: row.scope, revision: row.revision }));
    },

    async eraseMemories(actor, id, memories, subject) {
      const { tenantId } = actor;
      const ids = memories.map((memory) => memory.id);
      if (ids.length === 0) return {};
      const [counts = {}] = await sql.query<Partial<Counts>>(statements.COUNT_MEMORIES, [tenantId, ids]);
      await sql.query(statements.DROP_DECISIONS, [tenantId, ids]);
      await sql.query(ERASE_THESE, [tenantId, ids]);
      await done(actor, id, 'MEMORY', ids);
      const idempotentAnswers = await sql.query(statements.FORGET_KEYS, [tenantId, id]);
      const pools = memories.filter(({ scope }) => scope['user_id'] === subject).map(({ bankId, scope }) => scopeHash(tenantId, bankId, scope));
      const tombstones = subject === null ? [] : await sql.query(statements.ERASE_TOMBSTONES, [tenantId, ids, [...new Set(pools)]]);
      return { ...counts, memories: ids.length, tombstones: tombstones.length, idempotentAnswers: idempotentAnswers.length };
    },

    async eraseDecisions(actor, id, limit) {
      const cids = await next(actor, id, 'DECISION', limit);
      if (cids.length === 0) return null;
      const records = await sql.query(statements.ERASE_DECISIONS, [actor.tenantId, cids]);
      await done(actor, id, 'DECISION', cids);
      return { ledgerRecords: records.length };
    },

    async eraseDocuments({ tenantId }, userId, limit) {
      const documents = await sql.query(statements.ERASE_DOCUMENTS, [tenantId, userId, limit]);
      return documents.length === 0 ? null : { documents: documents.length };
    },

    async eraseProcedures({ tenantId }, id, userId, limit) {
      const procedures = await sql.query(statements.ERASE_PROCEDURES, [tenantId, id, userId, limit]);
      return procedures.length === 0 ? null : { procedures: procedures.length };
    },

    async eraseRest(actor, id, userId) {
      const { tenantId } = actor;
      await sql.query(statements.UNQUOTE_REVISIONS, [tenantId, id]);
      await sql.query(statements.ERASE_LEARNT, [tenantId, userId, scopeHash(tenantId, PROCEDURES, personOf(userId))]);
      const states = await sql.query(statements.ERASE_STATES, [tenantId, userId]);
      const tombstones = await sql.query(statements.ERASE_TOMBSTONES, [tenantId, [], await poolsOf(actor, userId)]);
      const idempotentAnswers = await sql.query(statements.FORGET_KEYS, [tenantId, id]);
      await sql.query(statements.ERASE_EARLIER, [tenantId, id, userId]);
      return { states: states.length, tombstones: tombstones.length, idempotentAnswers: idempotentAnswers.length };
    },

    settleObjects: async (actor, id) => (await sql.query<{ gone: number }>(statements.SETTLE_OBJECTS, [actor.tenantId, id]))[0]?.gone ?? 0,
  };
}

const toForgetting = (row: ForgettingRow): StoredForgetting => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  subject: row.subject,
  scope: row.scope,
  found: addCounts(NO_COUNTS, row.found),
  erased: addCounts(NO_COUNTS, row.erased),
  done: row.done,
  total: row.total,
  principalId: row.principal_id,
  error: row.error,
  receiptCid: row.receipt_cid,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});
