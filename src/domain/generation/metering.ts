import type { Actor } from '../../kernel/actor';
import type { Transact } from '../../kernel/transact';
import { addUsage, type Meter } from '../../platform/llm/usage.port';
import { metered } from '../usage/metered';
import type { UsageStore } from '../usage/usage.store';
import type { GenerationStore } from './generation.store';

export interface MeteringStores {
  readonly generations: Pick<GenerationStore, 'lock' | 'change'>;
  readonly usage: UsageStore;
}

/** Runs `work` and adds what its models took to the job and to the tenant's day, whatever becomes of the work. */
export const meteredFor = (transact: Transact<MeteringStores>) => <T>(actor: Actor, generationId: string | null, work: (meter: Meter) => Promise<T>): Promise<T> =>
  metered((taken) => transact(async ({ generations, usage }) => {
    const job = generationId === null ? null : await generations.lock(actor, generationId);
    if (job !== null) await generations.change(actor, job.id, { usage: addUsage(job.usage, taken) });
    await usage.record(actor, taken);
  }), work);
