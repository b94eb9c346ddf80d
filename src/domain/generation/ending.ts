import type { Actor } from '../../kernel/actor';
import type { FeedStore } from '../feed/feed';
import { isTerminal, type Generation } from './generation';
import type { GenerationStore } from './generation.store';
import { tellStep } from './progress';

export interface Ending {
  readonly status: 'FAILED' | 'CANCELED';
  readonly error: NonNullable<Generation['error']>;
}

/** Ends a generation before its work is done, in the caller's transaction: each open candidate is FAILED with the reason. False when it had ended. */
export async function endGeneration(
  { generations, feed }: { readonly generations: GenerationStore; readonly feed: FeedStore }, actor: Actor, id: string, { status, error }: Ending,
): Promise<boolean> {
  const job = await generations.lock(actor, id);
  if (job === null || isTerminal(job.status)) return false;
  await generations.failOpen(actor, id, error.message);
  await tellStep(feed, actor, id, await generations.change(actor, id, { status, error, finished: true }));
  return true;
}
