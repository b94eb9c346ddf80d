import type { Actor } from '../../kernel/actor';
import { generationTopic, type FeedStore, type StampedEntry } from '../feed/feed';
import { GENERATION_PHASES, GENERATION_STATUSES, type Generation, type GenerationPhase, type GenerationProgress } from './generation';

export type Step = Pick<Generation, 'status' | 'phase' | 'done' | 'total'>;

/** Where each phase starts on the whole way, and its share of it: extraction takes longest. */
const SHARES: Readonly<Record<GenerationPhase, readonly [start: number, share: number]>> = {
  EXTRACT: [0, 0.6],
  CONSOLIDATE: [0.6, 0.3],
  EMBED: [0.9, 0.1],
  DONE: [1, 0],
};

/** Share of the whole job, 0 to 1; never falls from one step to the next. */
export function shareOf({ phase, done, total }: Step): number {
  const [start, share] = SHARES[phase];
  return start + share * (total === 0 ? 0 : Math.min(1, done / total));
}

/** Tells a step on the generation's feed, in the transaction that made it. */
export const tellStep = (feed: FeedStore, actor: Actor, generationId: string, { status, phase, done, total }: Step): Promise<void> =>
  feed.append(actor, [{ topic: generationTopic(generationId), ref: { status, phase, done, total } }]);

/** A feed entry as subscribers see it; `cursor` is its position in decimal. */
export function progressOf(generationId: string, { position, ref }: StampedEntry): GenerationProgress {
  const step: Step = {
    status: memberOf(GENERATION_STATUSES, ref['status']),
    phase: memberOf(GENERATION_PHASES, ref['phase']),
    done: Number(ref['done']),
    total: Number(ref['total']),
  };
  return { cursor: String(position), generationId, ...step, progress: shareOf(step) };
}

function memberOf<Name extends string>(names: readonly Name[], value: unknown): Name {
  const name = names.find((known) => known === value);
  if (name === undefined) throw new Error(`a progress entry holds ${JSON.stringify(value)} where one of ${names.join(', ')} belongs`);
  return name;
}
