import { JOBS } from '../../jobs/jobs';
import { requireRole, requireUnlimited, type Actor } from '../../kernel/actor';
import { conflict, notFound } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { toPage, type Page, type PageRequest } from '../../kernel/page';
import type { Transact } from '../../kernel/transact';
import type { FeedStore } from '../feed/feed';
import { endGeneration } from '../generation/ending';
import type { ForgettingStore } from '../forgetting/forgetting.store';
import type { ImportStore } from '../transfer/transfer.store';
import type { GenerationStore } from '../generation/generation.store';
import { tellStep } from '../generation/progress';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { Job, JobName, QueueDepth } from './job';
import type { JobFilter, JobStore } from './job.store';

type Idempotent = { readonly idempotency?: IdempotencyKey | null };

/** The queue as its administrators see and mend it. Every call needs the role admin, without scope limits. */
export interface JobService {
  /** Newest first; `after` is the last id already seen. */
  list(actor: Actor, filter: JobFilter, position: PageRequest): Promise<Page<Job>>;
  /** Null when there is none: a job that is done is gone. */
  get(actor: Actor, id: string): Promise<Job | null>;
  depths(actor: Actor): Promise<QueueDepth[]>;
  /**
   * Takes a dead job up again, and the generation that failed with it goes on where it stood: candidates that failed for its
   * reason are open again. Null when a repetition of the request finds it done. @throws GatewayError NOT_FOUND; CONFLICT (JOB_NOT_DEAD)
   */
  retry(actor: Actor, id: string, options?: Idempotent): Promise<Job | null>;
  /** The same for up to `limit` dead jobs of a name, those that died first. @returns those that still stand in the queue */
  retryDead(actor: Actor, name: JobName, limit: number, options?: Idempotent): Promise<Job[]>;
  /** Takes a job away for good; a generation that waited for it is CANCELED, an erasure FAILED, an import CANCELED. @throws GatewayError NOT_FOUND */
  discard(actor: Actor, id: string, options?: Idempotent): Promise<void>;
}

interface Stores {
  readonly jobs: JobStore;
  readonly generations: GenerationStore;
  readonly forgettings: Pick<ForgettingStore, 'change'>;
  readonly imports: Pick<ImportStore, 'change' | 'dropParts'>;
  readonly feed: FeedStore;
  readonly idempotency: IdempotencyStore;
}

export function createJobService({ jobs, transact }: { readonly jobs: JobStore; readonly transact: Transact<Stores> }): JobService {
  const found = async (store: JobStore, actor: Actor, id: string): Promise<Job> => {
    const job = isUuid(id) ? await store.get(actor, id) : null;
    if (job === null) throw notFound('job', id);
    return job;
  };

  /** The generation is locked before its job, as everywhere. */
  const retryOne = async (stores: Stores, actor: Actor, { id, generationId }: Job): Promise<boolean> => {
    const reopened = generationId === null ? null : await stores.generations.reopen(actor, generationId);
    if (reopened !== null) await tellStep(stores.feed, actor, reopened.id, reopened);
    return stores.jobs.revive(actor, id);
  };

  return {
    async list(actor, filter, { limit, after }) {
      requireAdmin(actor);
      return toPage(await jobs.list(actor, filter, { limit: limit + 1, after }), limit);
    },

    async get(actor, id) {
      requireAdmin(actor);
      return isUuid(id) ? jobs.get(actor, id) : null;
    },

    async depths(actor) {
      requireAdmin(actor);
      return jobs.depths(actor);
    },

    async retry(actor, id, { idempotency } = {}) {
      requireAdmin(actor);
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const job = await found(stores.jobs, actor, id);
        if (job.state !== 'DEAD' || !(await retryOne(stores, actor, job))) throw conflict(`job ${id} is not dead`, 'JOB_NOT_DEAD');
        return { jobId: id };
      }));
      return jobs.get(actor, id);
    },

    async retryDead(actor, name, limit, { idempotency } = {}) {
      requireAdmin(actor);
      const { jobIds } = await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const retried: string[] = [];
        for (const job of await stores.jobs.deadOf(actor, name, limit)) {
          if (await retryOne(stores, actor, job)) retried.push(job.id);
        }
        return { jobIds: retried.join(' ') };
      }));
      const all = await Promise.all(jobIds.split(' ').filter((id) => id !== '').map((id) => jobs.get(actor, id)));
      return all.filter((job) => job !== null);
    },

    async discard(actor, id, { idempotency } = {}) {
      requireAdmin(actor);
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const { generationId, name, payload } = await found(stores.jobs, actor, id);
        if (generationId !== null) {
          await endGeneration(stores, actor, generationId, { status: 'CANCELED', error: { code: 'CANCELED', message: 'an administrator discarded its job' } });
        }
        if (name === 'data.forgetting') {
          await stores.forgettings.change(actor, JOBS['data.forgetting'].payload.parse(payload).forgettingId, { status: 'FAILED', error: 'an administrator discarded its job' });
        }
        if (name === 'data.import') {
          const { importId } = JOBS['data.import'].payload.parse(payload);
          await stores.imports.change(actor, importId, { status: 'CANCELED', error: 'an administrator discarded its job' });
          await stores.imports.dropParts(actor, importId);
        }
        if (!(await stores.jobs.remove(actor, id))) throw notFound('job', id);
        return { jobId: id };
      }));
    },
  };
}

/** A job is about any pool of its tenant. */
function requireAdmin(actor: Actor): void {
  requireRole(actor, 'admin');
  requireUnlimited(actor);
}
