import { requireRole, requireScope, type Actor } from '../../../kernel/actor';
import type { Clock } from '../../../kernel/clock';
import { badInput, conflict, notFound } from '../../../kernel/errors';
import { isUuid, newId } from '../../../kernel/ids';
import { toPage, type Page, type PageRequest } from '../../../kernel/page';
import { parseScope, type Scope } from '../../../kernel/scope';
import type { Transact } from '../../../kernel/transact';
import type { JobOutbox } from '../../../platform/queue/queue.port';
import type { IdempotencyKey, IdempotencyStore } from '../../idempotency/idempotency';
import { once } from '../../idempotency/once';
import { requireReason } from '../../memory/memory-rules';
import type { ProcedureContent } from '../procedure';
import { embed } from '../procedure.service';
import type { ProcedureStore } from '../procedure.store';
import type { CandidateFilter, Distillation, ProcedureCandidate } from './distillation';
import type { DistillationStore } from './distillation.store';

export interface DistillInput {
  readonly scope: Scope;
  /** Successful trajectories that a pattern occurs in, 2 to 1,000; default 3. */
  readonly minSupport: number | null;
  /** 0 to 1; default 0.6. */
  readonly minConfidence: number | null;
}

interface WriteOptions { readonly idempotency?: IdempotencyKey | null }

export interface LearningService {
  /** Accepts a job; when it resolves, the job is on disk. @throws GatewayError BAD_USER_INPUT, FORBIDDEN */
  distill(actor: Actor, input: DistillInput, options?: WriteOptions): Promise<Distillation>;
  getJobs(actor: Actor, ids: readonly string[]): Promise<readonly (Distillation | null)[]>;
  /** Newest first, of one pool or all. */
  listJobs(actor: Actor, scope: Scope | null, position: PageRequest): Promise<Page<Distillation>>;
  getCandidates(actor: Actor, ids: readonly string[]): Promise<readonly (ProcedureCandidate | null)[]>;
  listCandidates(actor: Actor, filter: CandidateFilter, position: PageRequest): Promise<Page<ProcedureCandidate>>;
  /**
   * Makes the workflow, and the skill if there is one; accepting again changes nothing.
   * @throws GatewayError NOT_FOUND; CONFLICT (CANDIDATE_REJECTED)
   */
  accept(actor: Actor, id: string, options?: WriteOptions): Promise<ProcedureCandidate>;
  /** It, and what is nearly the same, is not proposed again. @throws GatewayError NOT_FOUND; CONFLICT (CANDIDATE_ACCEPTED) */
  reject(actor: Actor, id: string, reason: string | null, options?: WriteOptions): Promise<ProcedureCandidate>;
}

interface Stores {
  readonly distillations: DistillationStore;
  readonly procedures: ProcedureStore;
  readonly outbox: JobOutbox;
  readonly idempotency: IdempotencyStore;
}

interface LearningDeps {
  readonly distillations: DistillationStore;
  readonly transact: Transact<Stores>;
  readonly clock: Clock;
}

const DEFAULT_SUPPORT = 3;
const MAX_SUPPORT = 1000;
const DEFAULT_CONFIDENCE = 0.6;

export function createLearningService({ distillations, transact, clock }: LearningDeps): LearningService {
  const decide = async (
    actor: Actor, id: string, key: IdempotencyKey | null | undefined, work: (candidate: ProcedureCandidate, stores: Stores) => Promise<void>,
  ): Promise<ProcedureCandidate> => {
    requireRole(actor, 'writer');
    if (!isUuid(id)) throw notFound('candidate', id);
    await transact((stores) => once(stores.idempotency, actor, key, async () => {
      const candidate = await stores.distillations.lockCandidate(actor, id);
      if (candidate === null) throw notFound('candidate', id);
      await work(candidate, stores);
      return { candidateId: id };
    }));
    const [decided] = await distillations.getCandidates(actor, [id]);
    if (decided === undefined || decided === null) throw notFound('candidate', id);
    return decided;
  };

  return {
    async distill(actor, input, { idempotency } = {}) {
      requireRole(actor, 'writer');
      const scope = parseScope(input.scope, 'scope');
      requireScope(actor, scope);
      const minSupport = input.minSupport ?? DEFAULT_SUPPORT;
      const minConfidence = input.minConfidence ?? DEFAULT_CONFIDENCE;
      if (!Number.isInteger(minSupport) || minSupport < 2 || minSupport > MAX_SUPPORT) throw badInput('minSupport', `minSupport is a whole number from 2 to ${MAX_SUPPORT}`);
      if (!(minConfidence >= 0 && minConfidence <= 1)) throw badInput('minConfidence', 'a confidence lies between 0 and 1');
      const { distillationId } = await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const id = newId(clock.now().getTime());
        await stores.distillations.insert(actor, { id, scope, minSupport, minConfidence });
        await stores.outbox.enqueue(actor, 'procedure.distillation', { tenantId: actor.tenantId, distillationId: id });
        return { distillationId: id };
      }));
      const [job] = await distillations.getMany(actor, [distillationId]);
      if (job === undefined || job === null) throw notFound('distillation', distillationId);
      return job;
    },

    async getJobs(actor, ids) {
      requireRole(actor, 'reader');
      return distillations.getMany(actor, ids);
    },

    async listJobs(actor, scope, { limit, after }) {
      requireRole(actor, 'reader');
      if (scope !== null) requireScope(actor, scope);
      return toPage(await distillations.list(actor, scope, { limit: limit + 1, after }), limit);
    },

    async getCandidates(actor, ids) {
      requireRole(actor, 'reader');
      return distillations.getCandidates(actor, ids);
    },

    async listCandidates(actor, filter, { limit, after }) {
      requireRole(actor, 'reader');
      if (filter.match === 'EXACT') requireScope(actor, filter.scope);
      return toPage(await distillations.listCandidates(actor, filter, { limit: limit + 1, after }), limit);
    },

    accept: (actor, id, { idempotency } = {}) =>
      decide(actor, id, idempotency, async ({ status, content, scope }, stores) => {
        if (status === 'ACCEPTED') return;
        if (status === 'REJECTED' || content === null) throw conflict(`candidate ${id} was rejected`, 'CANDIDATE_REJECTED');
        const make = async (procedure: ProcedureContent): Promise<string> => {
          const procedureId = newId(clock.now().getTime());
          await stores.procedures.insert(actor, { ...procedure, id: procedureId, scope, metadata: {}, candidateId: id }, { action: 'LEARNED', reason: null });
          await embed(stores.outbox, actor, procedureId);
          return procedureId;
        };
        const workflowId = await make({ kind: 'WORKFLOW', content: content.workflow });
        const skillId = content.skill === null ? null : await make({ kind: 'SKILL', content: content.skill });
        await stores.distillations.decide(actor, id, { status: 'ACCEPTED', workflowId, skillId, reason: null });
      }),

    async reject(actor, id, reason, { idempotency } = {}) {
      const why = requireReason(reason);
      return decide(actor, id, idempotency, async ({ status }, stores) => {
        if (status === 'REJECTED') return;
        if (status === 'ACCEPTED') throw conflict(`candidate ${id} was accepted`, 'CANDIDATE_ACCEPTED');
        await stores.distillations.decide(actor, id, { status: 'REJECTED', workflowId: null, skillId: null, reason: why });
      });
    },
  };
}
