import { Arg, ID, Resolver, Root, Subscription, type SubscribeResolverData } from 'type-graphql';
import type { GenerationProgress } from '../../src/domain/generation/generation';
import type { Context } from '../app-context';
import { live } from '../live';
import { GenerationProgressType } from './generation.types';

@Resolver()
export class GenerationSubscriptions {
  @Subscription(() => GenerationProgressType, {
    description: 'Steps of a generation job from its first on (or after the cursor), live; completes after the last.',
    subscribe: ({ args, context: { app, actor } }: SubscribeResolverData<object, unknown, Context>) => {
      const { jobId, after } = args as { jobId: string; after?: string | null };
      return live((signal) => app.generationFeed.subscribe(actor, jobId, after ?? null, signal));
    },
  })
  memoryGenerationProgress(
    @Root() progress: GenerationProgress,
    @Arg('jobId', () => ID, { description: 'The job.' }) _jobId: string,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last step received.' }) _after?: string | null,
  ): GenerationProgress {
    return progress;
  }
}
