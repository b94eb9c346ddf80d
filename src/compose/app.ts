import type { AccessService } from '../domain/access/access.service';
import type { BankService } from '../domain/bank/bank.service';
import type { ContextService } from '../domain/context/context.service';
import type { GenerationFeed } from '../domain/generation/generation.feed';
import type { GenerationService } from '../domain/generation/generation.service';
import type { JobService } from '../domain/job/job.service';
import type { MemoryFeed } from '../domain/memory/memory.feed';
import type { MemoryService } from '../domain/memory/memory.service';
import type { EventFeed } from '../domain/session/event.feed';
import type { EventService } from '../domain/session/event.service';
import type { RecallService } from '../domain/search/recall.service';
import type { UsageService } from '../domain/usage/usage.service';
import type { SessionService } from '../domain/session/session.service';

/** The house: what the doors may ask for. Each service knows nothing of GraphQL, HTTP or queues. */
export interface App {
  readonly sessions: SessionService;
  readonly events: EventService;
  readonly eventFeed: EventFeed;
  readonly memories: MemoryService;
  readonly memoryFeed: MemoryFeed;
  readonly banks: BankService;
  readonly generations: GenerationService;
  readonly generationFeed: GenerationFeed;
  readonly jobs: JobService;
  readonly recall: RecallService;
  readonly context: ContextService;
  readonly access: AccessService;
  readonly usage: UsageService;
}
