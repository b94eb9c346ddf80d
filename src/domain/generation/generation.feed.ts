import { requireRole, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { generationTopic, type FeedStore } from '../feed/feed';
import { mapItems, only, parsePosition, through } from '../feed/iterate';
import type { StampedFeed } from '../feed/stamped-feed';
import { isTerminal, type Generation, type GenerationProgress } from './generation';
import { progressOf, shareOf } from './progress';

export interface GenerationFeed {
  /**
   * Steps of a generation after the cursor (from its first without one), then live; ends after its last step.
   * @throws GatewayError NOT_FOUND (also later, when the generation goes with its bank), BAD_USER_INPUT for a malformed cursor
   */
  subscribe(actor: Actor, generationId: string, after: string | null, signal: AbortSignal): Promise<AsyncIterable<GenerationProgress>>;
}

interface GenerationFeedDeps {
  readonly generations: { get(actor: Actor, id: string): Promise<Generation> };
  readonly feed: FeedStore;
  readonly follow: StampedFeed;
  readonly clock: Clock;
}

/** A step is stamped within milliseconds; a job that ended longer ago has no step on the way. */
const SETTLED_MS = 60_000;

export function createGenerationFeed({ generations, feed, follow, clock }: GenerationFeedDeps): GenerationFeed {
  return {
    async subscribe(actor, generationId, after, signal) {
      requireRole(actor, 'reader');
      const generation = await generations.get(actor, generationId);
      const topic = generationTopic(generationId);
      const position = parsePosition(after) ?? 0;
      const [seen] = position === 0 ? [] : await feed.read(actor, topic, position - 1, 1);
      if (seen?.position === position && isTerminal(progressOf(generationId, seen).status)) return only([]);
      const [next] = await feed.read(actor, topic, position, 1);
      if (next === undefined && generation.finishedAt !== null && clock.now().getTime() - generation.finishedAt.getTime() > SETTLED_MS) {
        return only([stateOf(generation, String(position))]);
      }
      const alive = (): Promise<Generation> => generations.get(actor, generationId);
      const steps = mapItems(await follow(actor, topic, String(position), signal, alive), (entry) => progressOf(generationId, entry));
      return through(steps, ({ status }) => isTerminal(status));
    },
  };
}

/** Feeds forget after a week; the state as it is answers for the steps then. */
const stateOf = ({ id, status, phase, done, total }: Generation, cursor: string): GenerationProgress =>
  ({ cursor, generationId: id, status, phase, done, total, progress: shareOf({ status, phase, done, total }) });
