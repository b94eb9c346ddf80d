import 'reflect-metadata';
import { A2AMessageResolver, A2ATaskResolver, EventMessageResolver, SessionMessagesResolver } from './agent/a2a.resolver';
import { A2ASubscriptions } from './agent/a2a.subscriptions';
import { AgentResolver } from './agent/agent.resolver';
import { BankResolver } from './bank/bank.resolver';
import { ContextResolver } from './context/context.resolver';
import { DocumentResolver, PassageResolver } from './document/document.resolver';
import { CandidateResolver, GenerationResolver } from './generation/generation.resolver';
import { ForgettingResolver } from './forgetting/forgetting.resolver';
import { GenerationSubscriptions } from './generation/generation.subscriptions';
import { JobResolver } from './job/job.resolver';
import { LedgerResolver } from './ledger/ledger.resolver';
import { EventMemoriesResolver, SessionMemoriesResolver } from './memory/derived.resolver';
import { MemoryResolver } from './memory/memory.resolver';
import { MemorySubscriptions } from './memory/memory.subscriptions';
import { PreferenceResolver } from './preference/preference.resolver';
import { RecallHitResolver, RecallResolver } from './search/recall.resolver';
import { CandidateEvidenceResolver, DistillationResolver, ProcedureCandidateResolver } from './procedural/learning.resolver';
import { ProcedureResolver, SessionWorkflowsResolver } from './procedural/procedure.resolver';
import { ProcedureSearchResolver } from './procedural/search.resolver';
import { SkillResolver } from './procedural/skill.resolver';
import { ProcedureBaseResolver, UsableProcedureResolver } from './procedural/procedure-base.resolver';
import { TrajectoryResolver } from './procedural/trajectory.resolver';
import { WorkflowResolver } from './procedural/workflow.resolver';
import { RelatedConnectionResolver, RelatedNodeResolver } from './relation/relation.resolver';
import { SessionResolver } from './session/session.resolver';
import { SessionSubscriptions } from './session/session.subscriptions';
import { SessionTreeResolver } from './session/tree.resolver';
import { SessionSummaryResolver } from './summary/summary.resolver';
import { TransferResolver } from './transfer/transfer.resolver';
import { ModelUsageResolver, UsageResolver } from './usage/usage.resolver';
import { VersionResolver } from './version.resolver';

/** Every resolver class of the schema. */
export const resolvers = [
  VersionResolver, SessionResolver, SessionTreeResolver, SessionSummaryResolver, SessionSubscriptions, MemoryResolver, SessionMemoriesResolver, EventMemoriesResolver, MemorySubscriptions,
  AgentResolver, A2AMessageResolver, A2ATaskResolver, SessionMessagesResolver, EventMessageResolver, A2ASubscriptions,
  WorkflowResolver, SkillResolver, TrajectoryResolver, ProcedureBaseResolver, UsableProcedureResolver, ProcedureResolver, ProcedureSearchResolver, SessionWorkflowsResolver,
  DistillationResolver, ProcedureCandidateResolver, CandidateEvidenceResolver,
  GenerationResolver, CandidateResolver, GenerationSubscriptions, BankResolver, JobResolver,
  RecallResolver, RecallHitResolver, ContextResolver, DocumentResolver, PassageResolver, PreferenceResolver, LedgerResolver, ForgettingResolver, TransferResolver, RelatedNodeResolver, RelatedConnectionResolver, UsageResolver, ModelUsageResolver,
] as const;
