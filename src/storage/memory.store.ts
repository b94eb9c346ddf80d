import { analyze, toOrQuery } from '../domain/search/text-analysis';
import { claimHash, factHash, fingerprint, type Statement } from '../domain/memory/fingerprint';
import type { DerivedMemories } from '../domain/memory/memory';
import {
  DuplicateStatement, type Buried, type Erased, type MemoryDraft, type MemoryState, type MemoryStore, type Pool, type StoredMemory, type Ttl,
} from '../domain/memory/memory.store';
import type { Actor } from '../kernel/actor';
import { scopeHash, scopeSubsetHashes, type Scope } from '../kernel/scope';
import * as statements from './memory.sql';
import { toMemory, type MemoryRow } from './memory-row';
import { toRevision, type RevisionRow } from './memory-revision-row';
import { inOrderOf } from './in-order-of';
import { isUniqueViolation } from './pg-errors';
import { limitHashes, visibleTo } from './scope-limits';
import type { Sql } from './sql';

/** Lexemes of a statement among which the rarest look for neighbours. */
const MAX_NEIGHBOUR_LEXEMES = 64;

export function createMemoryStore(sql: Sql): MemoryStore {
  const poolValues = (actor: Actor, { bankId, scope }: Pool): unknown[] => [
    actor.tenantId, scopeHash(actor.tenantId, bankId, scope), JSON.stringify(scope),
  ];
  const first = (actor: Actor, rows: readonly MemoryRow[]): StoredMemory | null => visibleTo(actor, rows).map(toMemory)[0] ?? null;
  const written = (rows: readonly MemoryRow[]): StoredMemory => {
    const [row] = rows;
    if (row === undefined) throw new DuplicateStatement();
    return toMemory(row);
  };

  return {
    async getMany(actor, ids) {
      const rows = await sql.query<MemoryRow>(statements.GET_MANY, [actor.tenantId, ids]);
      const byId = new Map(visibleTo(actor, rows).map((row) => [row.id, toMemory(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async list(actor, filter, { limit, after }) {
      const rows = await sql.query<MemoryRow>(filter.match === 'EXACT' ? statements.LIST_EXACT : statements.LIST_SUBSET, [
        ...poolValues(actor, filter), limitHashes(actor, filter.bankId), filter.topic ?? null, filter.sessionId ?? null,
        filter.includeSuperseded, after, limit,
      ]);
      return visibleTo(actor, rows).map(toMemory);
    },

    async ofSessions(actor, sessionIds, derived) {
      const rows = await sql.query<MemoryRow>(statements.OF_SESSIONS, [actor.tenantId, sessionIds, ...derivedValues(actor, derived)]);
      return inOrderOf(sessionIds, visibleTo(actor, rows), (row) => row.session_id ?? '', toMemory);
    },

    async ofEvents(actor, eventIds, derived) {
      const rows = await sql.query<MemoryRow & { event_id: string }>(statements.OF_EVENTS, [actor.tenantId, eventIds, ...derivedValues(actor, derived)]);
      return inOrderOf(eventIds, visibleTo(actor, rows), (row) => row.event_id, toMemory);
    },

    async revisionsOfMany(actor, memoryIds, { limit, before }) {
      const rows = await sql.query<RevisionRow & { scope: Scope }>(statements.REVISIONS, [actor.tenantId, memoryIds, before, limit]);
      return inOrderOf(memoryIds, visibleTo(actor, rows), (row) => row.memory_id, toRevision);
    },

    lock: async (actor, id) => first(actor, await sql.query<MemoryRow>(statements.LOCK, [actor.tenantId, id])),

    lockHidden: async (actor, id, withinSeconds) =>
      first(actor, await sql.query<MemoryRow>(statements.LOCK_HIDDEN, [actor.tenantId, id, withinSeconds])),

    async lockTwin(actor, pool, statement, exceptId) {
      const { factHash, claimHash } = fingerprint(statement);
      return first(actor, await sql.query<MemoryRow>(statements.LOCK_TWIN, [...poolValues(actor, pool), factHash, claimHash, exceptId]));
    },

    async pastTwin(actor, pool, statement) {
      const { factHash, claimHash } = fingerprint(statement);
      return first(actor, await sql.query<MemoryRow>(statements.PAST_TWIN, [...poolValues(actor, pool), factHash, claimHash]));
    },

    async clearExpiredTwins(actor, pool, statement) {
      const { factHash, claimHash } = fingerprint(statement);
      return (await sql.query<ErasedRow>(statements.CLEAR_EXPIRED_TWINS, [...poolValues(actor, pool), factHash, claimHash])).map(toErased);
    },

    async insert(actor, draft, ttl) {
      return written(await sql.query<MemoryRow>(statements.INSERT, insertValues(actor, draft, ttl)));
    },

    save: (actor, id, state, ttl) =>
      orDuplicate(async () => written(await sql.query<MemoryRow>(statements.SAVE, [actor.tenantId, id, ...stateValues(state, ttl)]))),

    async addRevision(actor, revision, ttl) {
      const snapshot = {
        topics: revision.topics, confidence: revision.confidence, validFrom: revision.validFrom, validTo: revision.validTo,
        metadata: revision.metadata, eventIds: revision.eventIds,
      };
      await sql.query(statements.ADD_REVISION, [
        actor.tenantId, revision.memoryId, revision.revision, revision.action, revision.fact, JSON.stringify(snapshot), revision.reason,
        revision.principalId, revision.generationId, JSON.stringify(revision.candidates), ttl,
      ]);
    },

    async hide(actor, id) {
      await sql.query(statements.HIDE, [actor.tenantId, id]);
    },

    unhide: (actor, id) => orDuplicate(async () => written(await sql.query<MemoryRow>(statements.UNHIDE, [actor.tenantId, id]))),

    async bury(actor, memory, except) {
      const said = await sql.query<Statement>(statements.SAID, [actor.tenantId, memory.id]);
      const kept = except === null ? null : factHash(except.fact);
      const gone = new Map<string, readonly [Buffer, Buffer | null]>();
      for (const statement of said) {
        const words = factHash(statement.fact);
        const key = words.toString('hex');
        if (kept === null || !words.equals(kept)) gone.set(key, [words, claimHash(statement) ?? gone.get(key)?.[1] ?? null]);
      }
      const rows = [...gone.values()];
      await sql.query(statements.BURY, [
        actor.tenantId, memory.id, memory.bankId, scopeHash(actor.tenantId, memory.bankId, memory.scope),
        rows.map(([words]) => words), rows.map(([, claim]) => claim), kept,
      ]);
    },

    async buried(actor, { bankId, scope }, wanted, { eventIds, generationId }) {
      const rows = await sql.query<BuriedRow>(statements.BURIED, [
        actor.tenantId, scopeHash(actor.tenantId, bankId, scope), wanted.map(({ fact }) => factHash(fact)), wanted.flatMap((one) => claimHash(one) ?? []),
        eventIds, generationId,
      ]);
      return toBuried(rows);
    },

    async neighbours(actor, pool, statement, limit) {
      const { factHash, claimHash } = fingerprint(statement);
      const lexemes = [...analyze(statement.fact).lexemes.keys()].slice(0, MAX_NEIGHBOUR_LEXEMES);
      const rarest = await sql.query<{ lexeme: string }>(statements.RAREST_LEXEMES, [actor.tenantId, lexemes]);
      const rows = await sql.query<MemoryRow>(statements.NEIGHBOURS, [
        ...poolValues(actor, pool), factHash, claimHash, statement.subject, statement.attribute, statement.value,
        toOrQuery(rarest.map(({ lexeme }) => lexeme)), limit,
      ]);
      return visibleTo(actor, rows).map(toMemory);
    },

    ofBank: async (actor, bankId, after, limit) =>
      (await sql.query<ErasedRow>(statements.OF_BANK, [actor.tenantId, bankId, after, limit])).map(toErased),

    erase: async (actor, kind, afterSeconds, limit) =>
      (await sql.query<ErasedRow>(kind === 'hidden' ? statements.ERASE_HIDDEN : statements.ERASE_EXPIRED, [
        actor.tenantId, afterSeconds, limit,
      ])).map(toErased),

    eraseTombstones: async (actor, afterSeconds, limit) =>
      (await sql.query(statements.ERASE_TOMBSTONES, [actor.tenantId, afterSeconds, limit])).length,

    eraseExpiredRevisions: async (actor, limit) =>
      (await sql.query(statements.ERASE_EXPIRED_REVISIONS, [actor.tenantId, limit])).length,
  };
}

const derivedValues = ({ scopeLimits }: Actor, { includeSuperseded, after, limit }: DerivedMemories): unknown[] => [
  scopeLimits.length === 0 ? null : scopeLimits.map((limit) => JSON.stringify(limit)), includeSuperseded, after, limit,
];

interface BuriedRow extends Omit<Statement, 'fact'> {
  readonly deleted_at: Date;
  readonly fact: string | null;
  readonly exclusive: boolean;
  readonly corrected: string | null;
}

function toBuried(rows: readonly BuriedRow[]): Buried {
  const exact = rows.find(({ fact }) => fact === null);
  return {
    exact: exact === undefined ? null : { deletedAt: exact.deleted_at, corrected: exact.corrected },
    hidden: rows.flatMap(({ deleted_at, fact, subject, attribute, value, exclusive }) =>
      (fact === null ? [] : [{ fact, subject, attribute, value, exclusive, deletedAt: deleted_at }])),
  };
}

interface ErasedRow {
  readonly id: string;
  readonly bank_id: string;
  readonly scope: Scope;
  readonly revision: number;
}

const toErased = (row: ErasedRow): Erased => ({ id: row.id, bankId: row.bank_id, scope: row.scope, revision: row.revision });

/** [true, seconds] sets a new expiry, null seconds meaning never; [false, null] leaves the old one. */
const ttlValues = (ttl: Ttl): [boolean, number | null] => (ttl === undefined ? [false, null] : [true, ttl]);

function stateValues(state: MemoryState, ttl: Ttl): unknown[] {
  const { factHash, claimHash, tsv, length } = fingerprint(state);
  return [
    state.fact, factHash, state.topics, state.confidence, state.subject, state.attribute, state.value, state.exclusive, claimHash,
    state.validFrom, state.validTo, state.eventIds, state.evidenceCount, state.statedAt, JSON.stringify(state.metadata), tsv, length,
    state.revision, state.supersededBy, state.supersededAt, ...ttlValues(ttl),
  ];
}

const insertValues = (actor: Actor, draft: MemoryDraft, ttl: Ttl): unknown[] => [
  actor.tenantId, draft.id, ...stateValues(draft, ttl ?? null), draft.bankId, JSON.stringify(draft.scope),
  scopeHash(actor.tenantId, draft.bankId, draft.scope), scopeSubsetHashes(actor.tenantId, draft.bankId, draft.scope), draft.sessionId,
];

async function orDuplicate<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw isUniqueViolation(error) ? new DuplicateStatement() : error;
  }
}
