import { requireRole, requireScope, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, conflict, notFound } from '../../kernel/errors';
import { isUuid, newId } from '../../kernel/ids';
import { toPage, type Page, type PageRequest } from '../../kernel/page';
import { isStorableText } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import { DEFAULT_BANK } from '../bank/bank';
import { requireAllowedKeys } from '../bank/bank-rules';
import type { BankStore } from '../bank/bank.store';
import type { FeedStore } from '../feed/feed';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { JobStore } from '../job/job.store';
import { requirePool } from '../memory/memory-rules';
import type { Session } from '../session/session';
import { endGeneration } from './ending';
import { isTerminal, type CandidateOutcome, type Generation, type GenerationSource, type Outcome } from './generation';
import { factsSource, requireSessionId, sessionSource, textSource, unitsOf, type GenerateInput } from './generation-input';
import type { GenerationDraft, GenerationFilter, GenerationStore } from './generation.store';
import { tellStep } from './progress';

/** What generation needs of sessions; the session store satisfies it. */
export interface SessionReader {
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Session | null)[]>;
}

export interface GenerationService {
  /**
   * Accepts a source: when it resolves, the job is on disk and ends in one visible outcome whatever happens.
   * @throws GatewayError BAD_USER_INPUT, FORBIDDEN, NOT_FOUND (session, bank), CONFLICT (idempotency key of another body)
   */
  generate(actor: Actor, input: GenerateInput, options?: { readonly idempotency?: IdempotencyKey | null }): Promise<Generation>;
  /** @throws GatewayError NOT_FOUND */
  get(actor: Actor, id: string): Promise<Generation>;
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Generation | null)[]>;
  /** Newest first; `after` is the last id already seen. */
  list(actor: Actor, filter: GenerationFilter, position: PageRequest): Promise<Page<Generation>>;
  /** By ordinal from 1; `after` is the last ordinal already seen, 0 at first. */
  candidates(actor: Actor, id: string, position: PageRequest<number>): Promise<Page<CandidateOutcome>>;
  /** The same of several jobs, in the order of `ids`, in one statement. */
  candidatesOfMany(actor: Actor, ids: readonly string[], position: PageRequest<number>): Promise<readonly Page<CandidateOutcome>[]>;
  /** How many candidates ended how; null counts the open ones. A completed job without any found nothing. */
  outcomes(actor: Actor, id: string): Promise<ReadonlyMap<Outcome | null, number>>;
  outcomesOfMany(actor: Actor, ids: readonly string[]): Promise<readonly ReadonlyMap<Outcome | null, number>[]>;
  /**
   * Ends a job by request: CANCELED, and every open candidate FAILED with that reason. What it has already written stays.
   * Its worker is aborted within seconds, in whichever process. @throws GatewayError NOT_FOUND; CONFLICT (JOB_ENDED) when it had ended otherwise
   */
  cancel(actor: Actor, id: string, options?: { readonly idempotency?: IdempotencyKey | null }): Promise<Generation>;
  /** Ends a job that cannot go on: every open candidate and the job itself are FAILED with the reason. */
  fail(actor: Actor, id: string, error: { readonly code: string; readonly message: string }): Promise<void>;
}

interface Stores {
  readonly generations: GenerationStore;
  readonly banks: BankStore;
  readonly sessions: SessionReader;
  readonly feed: FeedStore;
  readonly outbox: JobOutbox;
  readonly jobs: Pick<JobStore, 'revokeOf'>;
  readonly idempotency: IdempotencyStore;
}

interface GenerationServiceDeps {
  readonly generations: GenerationStore;
  readonly transact: Transact<Stores>;
  readonly clock: Clock;
}

export function createGenerationService({ generations, transact, clock }: GenerationServiceDeps): GenerationService {
  const get: GenerationService['get'] = async (actor, id) => {
    requireRole(actor, 'reader');
    const [generation] = isUuid(id) ? await generations.getMany(actor, [id]) : [];
    if (generation === undefined || generation === null) throw notFound('generation', id);
    return generation;
  };

  const candidatesOfMany: GenerationService['candidatesOfMany'] = async (actor, ids, { limit, after }) => {
    requireRole(actor, 'reader');
    const found = await generations.candidatesOfMany(actor, ids, { limit: limit + 1, after });
    return found.map((candidates) => toPage(candidates, limit));
  };

  const resolveSource = async (sessions: SessionReader, actor: Actor, { source }: GenerateInput): Promise<{ source: GenerationSource; session: Session | null }> => {
    if ('facts' in source) return { source: factsSource(source.facts), session: null };
    if ('text' in source) return { source: textSource(source, clock.now()), session: null };
    const [session] = await sessions.getMany(actor, [requireSessionId(source.sessionId)]);
    if (session === undefined || session === null) throw notFound('session', source.sessionId);
    return { source: sessionSource(session, source), session };
  };

  /** What is wanted, as things stand now: where to, and from what. */
  const draftOf = async ({ sessions, banks }: Stores, actor: Actor, input: GenerateInput): Promise<GenerationDraft> => {
    const { source, session } = await resolveSource(sessions, actor, input);
    const scope = input.scope ?? session?.scope;
    if (scope === undefined) throw badInput('input.scope', 'text and facts need a scope');
    const pool = requirePool(input.bankId ?? DEFAULT_BANK, scope);
    requireScope(actor, pool.scope, 'input.scope');
    const bank = isStorableText(pool.bankId) ? await banks.get(actor, pool.bankId) : null;
    if (bank === null) throw notFound('bank', pool.bankId);
    requireAllowedKeys(bank, pool.scope, 'input.scope');
    return { id: newId(clock.now().getTime()), ...pool, sessionId: session?.id ?? null, source, total: unitsOf(source), priority: input.priority ?? 'INTERACTIVE' };
  };

  return {
    get,

    async generate(actor, input, { idempotency } = {}) {
      requireRole(actor, 'writer');
      const { generationId } = await transact((stores) =>
        once(stores.idempotency, actor, idempotency, async () => {
          const draft = await draftOf(stores, actor, input);
          await stores.banks.ensureDefault(actor, draft.bankId);
          const generation = await stores.generations.insert(actor, draft);
          await stores.outbox.enqueue(actor, 'memory.generation', { tenantId: actor.tenantId, generationId: generation.id }, draft.priority);
          await tellStep(stores.feed, actor, generation.id, generation);
          return { generationId: generation.id };
        }));
      return get(actor, generationId);
    },

    async getMany(actor, ids) {
      requireRole(actor, 'reader');
      return generations.getMany(actor, ids);
    },

    async list(actor, filter, { limit, after }) {
      requireRole(actor, 'reader');
      if (filter.sessionId !== undefined && !isUuid(filter.sessionId)) return { items: [], hasMore: false };
      return toPage(await generations.list(actor, filter, { limit: limit + 1, after }), limit);
    },

    async candidates(actor, id, position) {
      const [page] = isUuid(id) ? await candidatesOfMany(actor, [id], position) : [];
      return page ?? { items: [], hasMore: false };
    },
    candidatesOfMany,

    async outcomes(actor, id) {
      requireRole(actor, 'reader');
      return isUuid(id) ? generations.outcomes(actor, id) : new Map();
    },

    async outcomesOfMany(actor, ids) {
      requireRole(actor, 'reader');
      return generations.outcomesOfMany(actor, ids);
    },

    fail: (actor, id, error) =>
      transact(async (stores) => {
        await endGeneration(stores, actor, id, { status: 'FAILED', error });
      }),

    async cancel(actor, id, { idempotency } = {}) {
      requireRole(actor, 'writer');
      if (!isUuid(id)) throw notFound('generation', id);
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const job = await stores.generations.lock(actor, id);
        if (job === null) throw notFound('generation', id);
        if (isTerminal(job.status) && job.status !== 'CANCELED') throw conflict(`generation ${id} has ended: ${job.status}`, 'JOB_ENDED');
        await endGeneration(stores, actor, id, { status: 'CANCELED', error: { code: 'CANCELED', message: 'canceled by request' } });
        await stores.jobs.revokeOf(actor, id);
        return { generationId: id };
      }));
      return get(actor, id);
    },
  };
}
