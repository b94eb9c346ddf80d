import { requireRole, requireScope, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, conflict, GatewayError, notFound } from '../../kernel/errors';
import { isUuid, isUuidV7, newId } from '../../kernel/ids';
import type { JsonObject } from '../../kernel/json';
import { toPage, type Page, type PageBefore, type PageRequest } from '../../kernel/page';
import { isStorableText, parseScope, type Scope } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import { requireReason } from '../memory/memory-rules';
import type { SessionStore } from '../session/session.store';
import { signatureOf } from './action-token';
import type { NewProcedureUse, Procedure, ProcedureContent, ProcedureFilter, ProcedureKind, ProcedureOf, ProcedureRevision, ProcedureUse, Workflow } from './procedure';
import { contentOf, patchedContent, revisedContent, type ProcedurePatch } from './procedure-content';
import { requireContent, requireMetadata, requireUse } from './procedure-rules';
import type { ProcedureStore } from './procedure.store';

export interface WriteOptions {
  readonly idempotency?: IdempotencyKey | null;
}
export interface ChangeOptions extends WriteOptions {
  /** Refuses with CONFLICT (VERSION_MISMATCH) unless the procedure is at this revision. */
  readonly expectedRevision?: number | null;
  /** Why, at most 500 characters: it stands in the revision. */
  readonly reason?: string | null;
}

export type NewProcedure = ProcedureContent & { readonly scope?: Scope; readonly metadata?: JsonObject };

export interface ProcedureService {
  /**
   * Makes one. A trajectory of a session has the session's scope unless another is given.
   * @throws GatewayError BAD_USER_INPUT, FORBIDDEN, NOT_FOUND (session)
   */
  create<Kind extends ProcedureKind>(actor: Actor, input: NewProcedure & { readonly kind: Kind }, options?: WriteOptions): Promise<ProcedureOf<Kind>>;
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Procedure | null)[]>;
  /** Newest first. */
  list<Kind extends ProcedureKind>(actor: Actor, filter: ProcedureFilter & { readonly kind: Kind }, position: PageRequest): Promise<Page<ProcedureOf<Kind>>>;
  revisionsOfMany(actor: Actor, ids: readonly string[], position: PageBefore<number>): Promise<readonly Page<ProcedureRevision>[]>;
  /** @throws GatewayError NOT_FOUND, also for another kind; CONFLICT (VERSION_MISMATCH); BAD_USER_INPUT */
  patch<Kind extends ProcedureKind>(actor: Actor, id: string, patch: ProcedurePatch & { readonly kind: Kind }, options?: ChangeOptions): Promise<ProcedureOf<Kind>>;
  /** Writes what a revision shows as the next one. @throws GatewayError NOT_FOUND; CONFLICT (VERSION_MISMATCH) */
  rollback(actor: Actor, id: string, revision: number, options?: ChangeOptions): Promise<Procedure>;
  /** Gone at once and for good; what it did is not learnt again. @throws GatewayError NOT_FOUND */
  remove(actor: Actor, id: string, options?: WriteOptions): Promise<void>;
  /**
   * Counts a use of a workflow or skill; the same `id` told again counts once.
   * @throws GatewayError NOT_FOUND (procedure, session), BAD_USER_INPUT for a trajectory, CONFLICT (ALREADY_EXISTS) for the id of another use
   */
  recordUse(actor: Actor, use: NewProcedureUse, options?: WriteOptions): Promise<ProcedureUse>;
  usesOfMany(actor: Actor, procedureIds: readonly string[], position: PageBefore<string>): Promise<readonly Page<ProcedureUse>[]>;
  workflowsOfSessions(actor: Actor, sessionIds: readonly string[], position: PageRequest): Promise<readonly Page<Workflow>[]>;
}

interface Stores {
  readonly procedures: ProcedureStore;
  readonly sessions: Pick<SessionStore, 'getMany'>;
  readonly outbox: JobOutbox;
  readonly idempotency: IdempotencyStore;
}

interface ProcedureServiceDeps {
  readonly procedures: ProcedureStore;
  readonly transact: Transact<Stores>;
  readonly clock: Clock;
}

export function createProcedureService({ procedures, transact, clock }: ProcedureServiceDeps): ProcedureService {
  const get = async (actor: Actor, id: string): Promise<Procedure> => {
    requireRole(actor, 'reader');
    const [procedure] = isUuid(id) ? await procedures.getMany(actor, [id]) : [];
    if (procedure === undefined || procedure === null) throw notFound('procedure', id);
    return procedure;
  };
  const getOf = async <Kind extends ProcedureKind>(actor: Actor, id: string, kind: Kind): Promise<ProcedureOf<Kind>> => {
    const procedure = await get(actor, id);
    if (!isOf(procedure, kind)) throw notFound(kind.toLowerCase(), id);
    return procedure;
  };

  /** Runs a change of the locked procedure, once. */
  const change = async (actor: Actor, id: string, key: IdempotencyKey | null | undefined, work: (procedure: Procedure, stores: Stores) => Promise<void>): Promise<void> => {
    requireRole(actor, 'writer');
    if (!isUuid(id)) throw notFound('procedure', id);
    await transact((stores) => once(stores.idempotency, actor, key, async () => {
      const procedure = await stores.procedures.lock(actor, id);
      if (procedure === null) throw notFound('procedure', id);
      await work(procedure, stores);
      return { procedureId: id };
    }));
  };

  return {
    async create(actor, input, { idempotency } = {}) {
      requireRole(actor, 'writer');
      const made: ProcedureContent = input;
      requireContent(made);
      requireMetadata(input.metadata ?? {});
      const given = input.scope === undefined ? null : parseScope(input.scope, 'input.scope');
      const { procedureId } = await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const sessionScope = made.kind === 'TRAJECTORY' ? await scopeOf(stores, actor, made.content.sessionId) : null;
        const scope = given ?? sessionScope;
        if (scope === null) throw badInput('input.scope', 'a scope is needed');
        requireScope(actor, scope, 'input.scope');
        const id = newId(clock.now().getTime());
        await stores.procedures.insert(actor, { ...contentOf(made), id, scope, metadata: input.metadata ?? {}, candidateId: null }, { action: 'CREATED', reason: null });
        await embed(stores.outbox, actor, id);
        return { procedureId: id };
      }));
      return getOf(actor, procedureId, input.kind);
    },

    async getMany(actor, ids) {
      requireRole(actor, 'reader');
      return procedures.getMany(actor, ids);
    },

    async list<Kind extends ProcedureKind>(actor: Actor, filter: ProcedureFilter & { readonly kind: Kind }, { limit, after }: PageRequest) {
      requireRole(actor, 'reader');
      if (filter.match === 'EXACT') requireScope(actor, filter.scope);
      if (!isStorableText(filter.agentId ?? '') || (filter.sessionId !== undefined && !isUuid(filter.sessionId))) return { items: [], hasMore: false };
      const { items, hasMore } = toPage(await procedures.list(actor, filter, { limit: limit + 1, after }), limit);
      return { items: items.filter((item) => isOf(item, filter.kind)), hasMore };
    },

    async revisionsOfMany(actor, ids, { limit, before }) {
      requireRole(actor, 'reader');
      return (await procedures.revisionsOfMany(actor, ids, { limit: limit + 1, before })).map((revisions) => toPage(revisions, limit));
    },

    async patch(actor, id, patch, { expectedRevision, reason, idempotency } = {}) {
      const why = requireReason(reason, 'input.reason');
      await change(actor, id, idempotency, async (procedure, { procedures, outbox }) => {
        if (procedure.kind !== patch.kind) throw notFound(patch.kind.toLowerCase(), id);
        requireRevision(procedure, expectedRevision, 'input.expectedRevision');
        const next = patchedContent(procedure, patch);
        if (next === null) return;
        requireContent(next);
        requireMetadata(patch.metadata ?? {});
        await procedures.save(actor, id, { ...next, metadata: patch.metadata ?? procedure.metadata, revision: procedure.revision + 1 }, { action: 'UPDATED', reason: why });
        await embed(outbox, actor, id);
      });
      return getOf(actor, id, patch.kind);
    },

    async rollback(actor, id, revision, { expectedRevision, reason, idempotency } = {}) {
      const why = requireReason(reason);
      await change(actor, id, idempotency, async (procedure, { procedures, outbox }) => {
        requireRevision(procedure, expectedRevision, 'expectedRevision');
        const inRange = Number.isInteger(revision) && revision >= 1 && revision <= procedure.revision;
        const [[shown] = []] = inRange ? await procedures.revisionsOfMany(actor, [id], { limit: 1, before: revision + 1 }) : [];
        if (shown?.revision !== revision) throw notFound(`revision ${revision} of procedure`, id);
        const state = { ...revisedContent(procedure.kind, shown), metadata: shown.metadata, revision: procedure.revision + 1 };
        await procedures.save(actor, id, state, { action: 'ROLLED_BACK', reason: why });
        await embed(outbox, actor, id);
      });
      return get(actor, id);
    },

    remove: (actor, id, { idempotency } = {}) =>
      change(actor, id, idempotency, (procedure, { procedures }) => procedures.remove(actor, id, signatureOf(actor.tenantId, procedure))),

    async recordUse(actor, use, { idempotency } = {}) {
      requireRole(actor, 'writer');
      requireUse(use);
      if (use.id !== undefined && !isUuidV7(use.id)) throw badInput('input.id', 'an id of your own is a UUID of version 7');
      const { useId } = await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const [procedure] = isUuid(use.procedureId) ? await stores.procedures.getMany(actor, [use.procedureId]) : [];
        if (procedure === undefined || procedure === null) throw notFound('procedure', use.procedureId);
        if (procedure.kind === 'TRAJECTORY') throw badInput('input.procedureId', 'workflows and skills are used, a trajectory tells what was done');
        await scopeOf(stores, actor, use.sessionId);
        const id = use.id?.toLowerCase() ?? newId(clock.now().getTime());
        const draft = { ...use, id, procedureId: procedure.id, sessionId: use.sessionId?.toLowerCase() ?? null };
        if (!(await stores.procedures.addUse(actor, draft))) await requireSameUse(stores.procedures, actor, draft);
        return { useId: id };
      }));
      const [recorded] = await procedures.getUses(actor, [useId]);
      if (recorded === undefined || recorded === null) throw notFound('use', useId);
      return recorded;
    },

    async usesOfMany(actor, procedureIds, { limit, before }) {
      requireRole(actor, 'reader');
      return (await procedures.usesOfMany(actor, procedureIds, { limit: limit + 1, before })).map((uses) => toPage(uses, limit));
    },

    async workflowsOfSessions(actor, sessionIds, { limit, after }) {
      requireRole(actor, 'reader');
      return (await procedures.workflowsOfSessions(actor, sessionIds, { limit: limit + 1, after })).map((workflows) => toPage(workflows, limit));
    },
  };
}

/** Asks for its vector, in the transaction that wrote its words. */
export const embed = async (outbox: JobOutbox, actor: Actor, procedureId: string): Promise<void> => {
  await outbox.enqueue(actor, 'procedure.embedding', { tenantId: actor.tenantId, procedureIds: [procedureId] });
};

const isOf = <Kind extends ProcedureKind>(procedure: Procedure, kind: Kind): procedure is ProcedureOf<Kind> => procedure.kind === kind;

function requireRevision({ id, revision }: Procedure, expected: number | null | undefined, field: string): void {
  if (expected !== undefined && expected !== null && expected !== revision) throw conflict(`procedure ${id} is at revision ${revision}`, 'VERSION_MISMATCH', field);
}

async function scopeOf({ sessions }: Pick<Stores, 'sessions'>, actor: Actor, sessionId: string | null): Promise<Scope | null> {
  if (sessionId === null) return null;
  const [session] = await sessions.getMany(actor, [sessionId]);
  if (session === undefined || session === null) throw new GatewayError('NOT_FOUND', `session ${sessionId} does not exist`, { field: 'input.sessionId' });
  return session.scope;
}

async function requireSameUse(procedures: ProcedureStore, actor: Actor, use: Omit<ProcedureUse, 'principalId' | 'createdAt'>): Promise<void> {
  const [known] = await procedures.getUses(actor, [use.id]);
  const isSame = known !== undefined && known !== null && known.procedureId === use.procedureId && known.sessionId === use.sessionId && known.outcome === use.outcome;
  if (!isSame) throw conflict(`use ${use.id} was recorded with other data`, 'ALREADY_EXISTS', 'input.id');
}
