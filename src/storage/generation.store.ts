import type { Generation, Outcome } from '../domain/generation/generation';
import type { GenerationJob, GenerationStore } from '../domain/generation/generation.store';
import { PRIORITIES } from '../jobs/jobs';
import type { Actor } from '../kernel/actor';
import { scopeHash, scopeSubsetHashes, type Scope } from '../kernel/scope';
import * as statements from './generation.sql';
import { toCandidateOutcome, toGeneration, toOpenCandidate, type GenerationRow, type OpenRow, type OutcomeRow } from './generation-row';
import { inOrderOf } from './in-order-of';
import { visibleTo } from './scope-limits';
import type { Sql } from './sql';

interface OutcomeCountRow {
  readonly id: string;
  readonly outcome: Outcome | null;
  readonly candidates: number;
  readonly scope: Scope;
}

export function createGenerationStore(sql: Sql): GenerationStore {
  const one = async (actor: Actor, statement: typeof statements.LOCK, id: string): Promise<GenerationJob | null> =>
    visibleTo(actor, await sql.query<GenerationRow>(statement, [actor.tenantId, id])).map(toGeneration)[0] ?? null;
  const written = (rows: readonly GenerationRow[]): GenerationJob => {
    const [row] = rows;
    if (row === undefined) throw new Error('a generation that was locked is gone');
    return toGeneration(row);
  };

  const outcomesOfMany: GenerationStore['outcomesOfMany'] = async (actor, ids) => {
    const rows = await sql.query<OutcomeCountRow>(statements.OUTCOMES, [actor.tenantId, ids]);
    const counts = inOrderOf(ids, visibleTo(actor, rows), (row) => row.id, ({ outcome, candidates }): [Outcome | null, number] => [outcome, candidates]);
    return counts.map((entries) => new Map(entries));
  };

  return {
    insert: async (actor, draft) =>
      written(await sql.query<GenerationRow>(statements.INSERT, [
        actor.tenantId, draft.id, draft.bankId, JSON.stringify(draft.scope), scopeHash(actor.tenantId, draft.bankId, draft.scope),
        scopeSubsetHashes(actor.tenantId, draft.bankId, draft.scope), draft.sessionId, JSON.stringify(draft.source), draft.total, actor.principalId,
        PRIORITIES.indexOf(draft.priority),
      ])),

    async getMany(actor, ids) {
      const rows = await sql.query<GenerationRow>(statements.GET_MANY, [actor.tenantId, ids]);
      const byId = new Map<string, Generation>(visibleTo(actor, rows).map((row) => [row.id, toGeneration(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async list(actor, { sessionId, pool }, { limit, after }) {
      const limits = actor.scopeLimits.length === 0 ? null : JSON.stringify(actor.scopeLimits);
      const [statement, values] = sessionId !== undefined
        ? [statements.LIST_OF_SESSION, [sessionId]]
        : pool !== undefined
          ? [statements.LIST_OF_POOL, [scopeHash(actor.tenantId, pool.bankId, pool.scope), JSON.stringify(pool.scope)]]
          : [statements.LIST, []];
      const rows = await sql.query<GenerationRow>(statement, [actor.tenantId, limits, after, limit, ...values]);
      return visibleTo(actor, rows).map(toGeneration);
    },

    async candidatesOfMany(actor, ids, { limit, after }) {
      const rows = await sql.query<OutcomeRow>(statements.CANDIDATES, [actor.tenantId, ids, after, limit]);
      return inOrderOf(ids, visibleTo(actor, rows), (row) => row.generation_id, toCandidateOutcome);
    },

    outcomesOfMany,
    outcomes: async (actor, id) => (await outcomesOfMany(actor, [id]))[0] ?? new Map(),

    job: async (actor, id) => visibleTo(actor, await sql.query<GenerationRow>(statements.GET_MANY, [actor.tenantId, [id]])).map(toGeneration)[0] ?? null,

    lock: (actor, id) => one(actor, statements.LOCK, id),

    change: async (actor, id, change) =>
      written(await sql.query<GenerationRow>(statements.CHANGE, [
        actor.tenantId, id, change.status, change.phase, change.done, change.total, change.extractor,
        change.error === undefined || change.error === null ? null : JSON.stringify(change.error), change.cursor,
        JSON.stringify(change.leftOut ?? []), change.usage === undefined ? null : JSON.stringify(change.usage), change.finished ?? false,
      ])),

    async forgetSource(actor, id) {
      await sql.query(statements.FORGET_SOURCE, [actor.tenantId, id]);
    },

    unfinishedOfBank: (actor, bankId, after, limit) => sql.query(statements.UNFINISHED_OF_BANK, [actor.tenantId, bankId, after, limit]),

    async advance(actor, id, phase, by) {
      const [row] = await sql.query<Pick<Generation, 'status' | 'phase' | 'done' | 'total'>>(statements.ADVANCE, [actor.tenantId, id, phase, by]);
      return row ?? null;
    },

    async addCandidates(actor, id, drafts) {
      if (drafts.length === 0) return;
      await sql.query(statements.ADD_CANDIDATES, [
        actor.tenantId, id, drafts.map(({ candidate }) => JSON.stringify(candidate)), drafts.map(({ statedAt }) => statedAt),
        drafts.map(({ verdict }) => verdict?.outcome ?? null), drafts.map(({ verdict }) => verdict?.reason ?? null),
      ]);
    },

    open: async (actor, id, limit) => (await sql.query<OpenRow>(statements.OPEN, [actor.tenantId, id, limit])).map(toOpenCandidate),

    async keepDecisions(actor, id, decisions) {
      await sql.query(statements.KEEP_DECISIONS, [
        actor.tenantId, id, decisions.map(({ decision }) => decision.ordinal), decisions.map((kept) => JSON.stringify(kept)),
      ]);
    },

    settle: async (actor, id, ordinal, { outcome, memoryId, revision, reason, withoutWords }) =>
      (await sql.query(statements.SETTLE, [actor.tenantId, id, ordinal, outcome, memoryId, revision, reason, withoutWords ?? false])).length > 0,

    async reopen(actor, id) {
      const job = await one(actor, statements.LOCK, id);
      const [row] = job === null ? [] : visibleTo(actor, await sql.query<GenerationRow>(statements.REOPEN, [actor.tenantId, id]));
      if (row === undefined) return null;
      await sql.query(statements.REOPEN_CANDIDATES, [actor.tenantId, id, job?.error?.message ?? '']);
      return toGeneration(row);
    },

    failOpen: async (actor, id, reason) => (await sql.query(statements.FAIL_OPEN, [actor.tenantId, id, reason])).length,
  };
}
