import type { Config } from '../config/schema';
import { createAccessService } from '../domain/access/access.service';
import { createBankService } from '../domain/bank/bank.service';
import { createConsolidationPhase } from '../domain/consolidation/consolidation.phase';
import { createNeighbourhood } from '../domain/consolidation/neighbourhood';
import { createRuleConsolidator } from '../domain/consolidation/rules/rule-consolidator';
import { createModelConsolidator } from '../domain/consolidation/model/model-consolidator';
import { createModelExtractor } from '../domain/extraction/model/model-extractor';
import { createOfflineExtractor } from '../domain/extraction/offline/offline-extractor';
import { createLiveFeeds } from '../domain/feed/live-feed';
import { createStampedFeed } from '../domain/feed/stamped-feed';
import { createEmbeddingPhase } from '../domain/generation/embedding.phase';
import { createExtractionPhase } from '../domain/generation/extraction.phase';
import { createGenerationFeed } from '../domain/generation/generation.feed';
import { createGenerationService } from '../domain/generation/generation.service';
import { createContextService } from '../domain/context/context.service';
import { createJobService } from '../domain/job/job.service';
import { createMemoryFeed } from '../domain/memory/memory.feed';
import { createMemoryService } from '../domain/memory/memory.service';
import { createEventSearch } from '../domain/search/event-search';
import { createLexicon, type Lexicon } from '../domain/search/lexicon';
import { createMemorySearch } from '../domain/search/memory-search';
import { createRecallService } from '../domain/search/recall.service';
import { createVisibility } from '../domain/search/visibility';
import { createAppendQueue } from '../domain/session/append-queue';
import { createEventFeed } from '../domain/session/event.feed';
import { createEventService } from '../domain/session/event.service';
import { createSessionService } from '../domain/session/session.service';
import { createCostOf, type CostOf } from '../domain/usage/cost';
import { createUsageService } from '../domain/usage/usage.service';
import type { UsageStore } from '../domain/usage/usage.store';
import type { Logger } from '../kernel/logger-type';
import { createEventSearchStore } from '../storage/event-search.store';
import { createLexiconStore } from '../storage/lexicon.store';
import { createMemorySearchStore } from '../storage/memory-search.store';
import { createStores, createTransact } from '../storage/stores';
import type { App } from './app';
import { startMaintenance, type Maintenance } from './maintenance';
import type { Role } from './capabilities';
import { measuredTransact } from './measured/generations';
import { measuredEmbeddings } from './measured/models';
import { measuredContext, measuredFlush, measuredMemorySearch, measuredRecall, measuredVisibility } from './measured/services';
import { openPlatform } from './open-platform';
import type { Platform } from './platform';

/** What the worker door runs. */
export interface Phases {
  readonly extraction: ReturnType<typeof createExtractionPhase>;
  readonly consolidation: ReturnType<typeof createConsolidationPhase>;
  readonly embedding: ReturnType<typeof createEmbeddingPhase>;
  readonly generations: App['generations'];
}

export interface Composition {
  readonly app: App;
  readonly phases: Phases;
  readonly platform: Platform;
  /** Null in a worker process: stamping feeds and sweeping are the gateways' work. */
  readonly maintenance: Maintenance | null;
  close(): Promise<void>;
}

/** Opens what the configuration names and puts the services on it, from the cellar up. */
export async function compose(config: Config, logger: Logger, role: Role = 'gateway'): Promise<Composition> {
  const { platform, close } = await openPlatform(config, logger, role);
  const retentionSeconds = config.deletedRetentionHours * 3600;
  const { app, phases } = createServices(platform, retentionSeconds, createCostOf(config.modelPrices));
  const maintenance = role === 'gateway' ? startMaintenance(platform, retentionSeconds) : null;
  return {
    app,
    phases,
    platform,
    maintenance,
    async close() {
      await maintenance?.stop();
      await close();
    },
  };
}

function createServices(platform: Platform, retentionSeconds: number, costOf: CostOf): { app: App; phases: Phases } {
  const { database, bus, chat, clock, embedder, metrics, tokenizer } = platform;
  const { sessions, events, memories, banks, generations, embeddings, leases, feed, jobs, apiKeys, usage } = createStores(database, bus);
  const transact = measuredTransact(createTransact(database, bus), metrics);
  const feeds = createLiveFeeds({ bus });
  const follow = createStampedFeed({ feed, feeds });
  const extractor = chat === null ? createOfflineExtractor() : createModelExtractor({ chat });
  const consolidator = chat === null ? createRuleConsolidator() : createModelConsolidator({ chat });
  const generationService = createGenerationService({ generations, transact, clock });
  const lexicon = createLexicon({ store: createLexiconStore(database), clock, logger: platform.logger });
  const search = createSearch(platform, lexicon, usage);
  const visibility = measuredVisibility(createVisibility({ generations, clock }), metrics);
  const app: App = {
    sessions: createSessionService({ sessions, transact, clock }),
    events: createEventService({ events, append: createAppendQueue(measuredFlush(events, metrics)), clock }),
    eventFeed: createEventFeed({ events, sessions, feeds }),
    memories: createMemoryService({ memories, transact, clock, retentionSeconds }),
    memoryFeed: createMemoryFeed({ memories, follow }),
    banks: createBankService({ banks, transact }),
    generations: generationService,
    generationFeed: createGenerationFeed({ generations: generationService, feed, follow, clock }),
    jobs: createJobService({ jobs, transact }),
    recall: measuredRecall(createRecallService({ ...search, reader: events, visibility }), metrics),
    context: measuredContext(createContextService({ ...search, sessions, reader: events, visibility, tokenizer }), metrics),
    access: createAccessService({ keys: apiKeys, clock }),
    usage: createUsageService({ usage, costOf, clock }),
  };
  const phases: Phases = {
    extraction: createExtractionPhase({ generations, banks, events, extractor, transact, clock }),
    consolidation: createConsolidationPhase({ generations, neighbourhood: createNeighbourhood({ memories, lexicon }), banks, leases, consolidator, transact }),
    embedding: createEmbeddingPhase({ embeddings: measuredEmbeddings(embeddings, embedder, metrics), embedder, transact }),
    generations: generationService,
  };
  return { app, phases };
}

function createSearch({ database, embedder, metrics }: Platform, lexicon: Lexicon, usage: UsageStore) {
  return {
    memories: measuredMemorySearch(createMemorySearch({ store: createMemorySearchStore(database), lexicon, embedder, usage }), metrics),
    events: createEventSearch({ store: createEventSearchStore(database), lexicon }),
  };
}
