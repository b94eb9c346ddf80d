import 'reflect-metadata';
import { BankResolver } from './bank/bank.resolver';
import { ContextResolver } from './context/context.resolver';
import { CandidateResolver, GenerationResolver } from './generation/generation.resolver';
import { GenerationSubscriptions } from './generation/generation.subscriptions';
import { JobResolver } from './job/job.resolver';
import { MemoryResolver } from './memory/memory.resolver';
import { MemorySubscriptions } from './memory/memory.subscriptions';
import { RecallResolver } from './search/recall.resolver';
import { SessionResolver } from './session/session.resolver';
import { SessionSubscriptions } from './session/session.subscriptions';
import { ModelUsageResolver, UsageResolver } from './usage/usage.resolver';
import { VersionResolver } from './version.resolver';

/** Every resolver class of the schema. */
export const resolvers = [
  VersionResolver, SessionResolver, SessionSubscriptions, MemoryResolver, MemorySubscriptions,
  GenerationResolver, CandidateResolver, GenerationSubscriptions, BankResolver, JobResolver,
  RecallResolver, ContextResolver, UsageResolver, ModelUsageResolver,
] as const;
