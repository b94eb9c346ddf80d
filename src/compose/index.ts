import type { Config } from '../config/schema';
import { createAccessService } from '../domain/access/access.service';
import { createA2AFeed } from '../domain/agent/a2a.feed';
import { createA2AService } from '../domain/agent/a2a.service';
import { createA2AWaiting } from '../domain/agent/a2a-waiting';
import { createRemotePhase } from '../domain/agent/remote.phase';
import { createAgentService } from '../domain/agent/agent.service';
import { createBankService } from '../domain/bank/bank.service';
import { createConsolidationPhase } from '../domain/consolidation/consolidation.phase';
import { createNeighbourhood } from '../domain/consolidation/neighbourhood';
import { createRuleConsolidator } from '../domain/consolidation/rules/rule-consolidator';
import { createModelConsolidator } from '../domain/consolidation/model/model-consolidator';
import { createModelExtractor } from '../domain/extraction/model/model-extractor';
import { createOfflineExtractor } from '../domain/extraction/offline/offline-extractor';
import { createDocumentEmbeddingPhase } from '../domain/document/document-embedding.phase';
import { createDocumentService } from '../domain/document/document.service';
import { createLiveFeeds } from '../domain/feed/live-feed';
import { createStampedFeed } from '../domain/feed/stamped-feed';
import { FORGOTTEN } from '../domain/forgetting/forgetting';
import { createForgettingPhase } from '../domain/forgetting/forgetting.phase';
import { createForgettingService } from '../domain/forgetting/forgetting.service';
import { createEmbeddingPhase } from '../domain/generation/embedding.phase';
import { createExtractionPhase } from '../domain/generation/extraction.phase';
import { createGenerationFeed } from '../domain/generation/generation.feed';
import { createGenerationService } from '../domain/generation/generation.service';
import { withBlockCache } from '../domain/context/cached-context';
import { createContextService } from '../domain/context/context.service';
import { createJobService } from '../domain/job/job.service';
import { createLedgerService } from '../domain/ledger/ledger.service';
import { createMemoryFeed } from '../domain/memory/memory.feed';
import { createMemoryService } from '../domain/memory/memory.service';
import { createProcedureEmbeddingPhase } from '../domain/procedural/embedding.phase';
import { createModelDescriber, offlineDescriber } from '../domain/procedural/learning/describer';
import { createDistillationPhase } from '../domain/procedural/learning/distillation.phase';
import { createLearningService } from '../domain/procedural/learning/learning.service';
import { createProcedureSearch } from '../domain/procedural/procedure-search';
import { createProcedureSearchService } from '../domain/procedural/procedure-search.service';
import { createProcedureService } from '../domain/procedural/procedure.service';
import { createAnswerCache } from '../domain/search/answer-cache';
import { withAnswerCache } from '../domain/search/cached-recall';
import { createDocumentSearch } from '../domain/search/document-search';
import { createRelationService } from '../domain/relation/relation.service';
import { createEventSearch } from '../domain/search/event-search';
import { createLexicon, type Lexicon } from '../domain/search/lexicon';
import { createPastSearch } from '../domain/search/past-search';
import { createMemorySearch } from '../domain/search/memory-search';
import { createPreferenceService } from '../domain/preference/preference.service';
import { createRecallService } from '../domain/search/recall.service';
import { createVisibility, type Visibility } from '../domain/search/visibility';
import { createAppendQueue } from '../domain/session/append-queue';
import type { EventBodies } from '../domain/session/event-body';
import { createEventFeed } from '../domain/session/event.feed';
import { createEventService } from '../domain/session/event.service';
import { createKeptSessions } from '../domain/session/kept-sessions';
import { createLargeAppend } from '../domain/session/large-append';
import { createSensoryBuffer } from '../domain/session/sensory-buffer';
import { createSessionService } from '../domain/session/session.service';
import { createTreeFeed } from '../domain/session/tree.feed';
import { createTreeService } from '../domain/session/tree.service';
import type { SessionStore } from '../domain/session/session.store';
import { createExtractiveSummarizer } from '../domain/summary/extractive';
import { createModelSummarizer } from '../domain/summary/model-summarizer';
import { createSummaryPhase } from '../domain/summary/summary.phase';
import { createSummaryService } from '../domain/summary/summary.service';
import { createSummaryTrigger } from '../domain/summary/summary-trigger';
import { createCostOf } from '../domain/usage/cost';
import { createExportService } from '../domain/transfer/export.service';
import { createImportPhase } from '../domain/transfer/import.phase';
import { createImportService } from '../domain/transfer/import.service';
import { createUsageService } from '../domain/usage/usage.service';
import type { UsageStore } from '../domain/usage/usage.store';
import type { Logger } from '../kernel/logger-type';
import { createLruCache } from '../platform/cache/lru.cache';
import { createEventBodies, noBodies } from '../storage/event-bodies';
import { vectorSpaceOf } from '../platform/embedding/embedding.port';
import { createDocumentSearchStore } from '../storage/document-search.store';
import { createEventSearchStore } from '../storage/event-search.store';
import { createLexiconStore } from '../storage/lexicon.store';
import { createPastStore } from '../storage/past.store';
import { createMemorySearchStore } from '../storage/memory-search.store';
import { createProcedureSearchStore } from '../storage/procedure-search.store';
import { sweepObjects } from '../storage/object-ledger';
import { createPayloadStore, inRows } from '../storage/payload.store';
import { createStores, createTransact } from '../storage/stores';
import { createVersionStore } from '../storage/version.store';
import type { App } from './app';
import { startMaintenance, type Maintenance } from './maintenance';
import type { Role } from './capabilities';
import { measuredTransact } from './measured/generations';
import { cacheObserver, measuredEmbeddings } from './measured/models';
import { measuredContext, measuredFlush, measuredMemorySearch, measuredProcedureSearch, measuredRecall, measuredVisibility } from './measured/services';
import { openPlatform } from './open-platform';
import type { Platform } from './platform';

/** Appends flushed at once: more than two would only make them smaller. */
const MAX_FLUSHES = 2;
/** Each is a call of the object store. */
const FORGOTTEN_OBJECTS = 50;
/** Texts of objects that were just read. */
const BODIES_BYTES = 32 * 1024 * 1024;

/** What the worker door runs. */
export interface Phases {
  readonly extraction: ReturnType<typeof createExtractionPhase>;
  readonly consolidation: ReturnType<typeof createConsolidationPhase>;
  readonly embedding: ReturnType<typeof createEmbeddingPhase>;
  readonly procedureEmbedding: ReturnType<typeof createProcedureEmbeddingPhase>;
  readonly documentEmbedding: ReturnType<typeof createDocumentEmbeddingPhase>;
  readonly summary: ReturnType<typeof createSummaryPhase>;
  readonly distillation: ReturnType<typeof createDistillationPhase>;
  readonly remote: ReturnType<typeof createRemotePhase>;
  readonly generations: App['generations'];
  readonly forgetting: ReturnType<typeof createForgettingPhase>;
  readonly imports: ReturnType<typeof createImportPhase>;
}

export interface Composition {
  readonly app: App;
  readonly phases: Phases;
  readonly platform: Platform;
  /** Null in a worker process: stamping feeds and sweeping are the gateways' work. */
  readonly maintenance: Maintenance | null;
  /** Answers those who wait for something yet to happen with what there is. */
  stopWaiting(): void;
  close(): Promise<void>;
}

/** Opens what the configuration names and puts the services on it, from the cellar up. */
export async function compose(config: Config, logger: Logger, role: Role = 'gateway'): Promise<Composition> {
  const { platform, close } = await openPlatform(config, logger, role);
  const retentionSeconds = config.deletedRetentionHours * 3600;
  const { app, phases, stopWaiting, stopAsking } = createServices(platform, config, retentionSeconds);
  const maintenance = role === 'gateway' ? startMaintenance(platform, retentionSeconds, config.archiveAfterDays) : null;
  const unlisten = platform.bus.listen(FORGOTTEN, () => { platform.caches?.clear(); });
  return {
    app,
    phases,
    platform,
    maintenance,
    stopWaiting,
    async close() {
      unlisten();
      await stopAsking();
      await maintenance?.stop();
      await close();
    },
  };
}

function createServices(platform: Platform, config: Config, retentionSeconds: number): { app: App; phases: Phases; stopWaiting: () => void; stopAsking: () => Promise<void> } {
  const { database, bus, chat, remoteAgents: calls, clock, embedder, metrics, objects, tokenizer } = platform;
  const costOf = createCostOf(config.modelPrices);
  const bodies = objects === null ? noBodies : createEventBodies(objects, createLruCache({ maxBytes: BODIES_BYTES }));
  const {
    sessions, events, trees, agents, a2a, remotes, memories, procedures, procedureEmbeddings, distillations, banks, generations, embeddings, documents, leases, feed, outbox, jobs, ledger, forgettings, relations, apiKeys,
    usage, summaries, preferences, imports, records,
  } = createStores(database, bus, bodies);
  const payloads = objects === null || config.payloadInlineBytes === null ? inRows : createPayloadStore(database, objects, config.payloadInlineBytes);
  const transact = measuredTransact(createTransact(database, bus), metrics);
  const feeds = createLiveFeeds({ bus });
  const follow = createStampedFeed({ feed, feeds });
  const extractor = chat === null ? createOfflineExtractor() : createModelExtractor({ chat });
  const summarizer = chat === null ? createExtractiveSummarizer() : createModelSummarizer(chat);
  const consolidator = chat === null ? createRuleConsolidator() : createModelConsolidator({ chat });
  const generationService = createGenerationService({ generations, transact, clock });
  const lexicon = createLexicon({ store: createLexiconStore(database), clock, logger: platform.logger });
  const search = createSearch(platform, lexicon, usage, bodies);
  const visibility = measuredVisibility(createVisibility({ generations, clock }), metrics);
  const reads = keepAnswers(platform, visibility, {
    recall: createRecallService({ ...search, reader: events, visibility, past: createPastStore(database) }),
    context: createContextService({ ...search, sessions, reader: events, summaries, preferences, visibility, tokenizer }),
  });
  const summaryTrigger = createSummaryTrigger({ outbox, bounds: config.summaries, logger: platform.logger });
  const flusher = summaryTrigger.over(measuredFlush(events, metrics));
  const transactMessages = summaryTrigger.within(transact);
  const waiting = createA2AWaiting({ a2a, bus });
  const app: App = {
    sessions: createSessionService({ sessions: { ...sessions, ...keepSessions(platform, sessions) }, transact, clock }),
    events: createEventService({ events, append: createLargeAppend(createAppendQueue(flusher, Math.min(MAX_FLUSHES, database.connections)), payloads, events), clock }),
    eventFeed: createEventFeed({ events, sessions, feeds }),
    trees: createTreeService({ trees }),
    treeFeed: createTreeFeed({ trees, sessions, feeds }),
    agents: createAgentService({ agents, remote: calls, transact }),
    a2a: createA2AService({ a2a, waiting, transact: transactMessages, clock }),
    a2aFeed: createA2AFeed({ agents, a2a, feed, follow, clock }),
    memories: createMemoryService({ memories, transact, clock, retentionSeconds }),
    memoryFeed: createMemoryFeed({ memories, follow }),
    procedures: createProcedureService({ procedures, transact, clock }),
    learning: createLearningService({ distillations, transact, clock }),
    procedureSearch: measuredProcedureSearch(createProcedureSearchService(search.procedures), metrics),
    banks: createBankService({ banks, transact }),
    generations: generationService,
    generationFeed: createGenerationFeed({ generations: generationService, feed, follow, clock }),
    jobs: createJobService({ jobs, transact }),
    recall: measuredRecall(reads.recall, metrics),
    context: measuredContext(reads.context, metrics),
    ledger: createLedgerService({ ledger, transact, clock }),
    documents: createDocumentService({ documents, tokenizer, transact }),
    relations: createRelationService({ relations }),
    forgetting: createForgettingService({ forgettings, ledger, transact, clock }),
    summaries: createSummaryService(summaries),
    preferences: createPreferenceService({ preferences, transact }),
    sensory: createSensoryBuffer({ versions: createVersionStore(database), reader: events, kept: platform.caches?.turns ?? null }),
    access: createAccessService({ keys: apiKeys, clock }),
    usage: createUsageService({ usage, costOf, clock }),
    imports: createImportService({ imports, transact, clock }),
    exports: createExportService({ records }),
  };
  const phases: Phases = {
    extraction: createExtractionPhase({ generations, banks, events, extractor, transact, clock }),
    consolidation: createConsolidationPhase({ generations, neighbourhood: createNeighbourhood({ memories, lexicon }), banks, leases, consolidator, transact }),
    embedding: createEmbeddingPhase({ embeddings: measuredEmbeddings(embeddings, embedder, metrics), embedder, transact }),
    procedureEmbedding: createProcedureEmbeddingPhase({ embeddings: measuredEmbeddings(procedureEmbeddings, embedder, metrics), embedder, transact }),
    documentEmbedding: createDocumentEmbeddingPhase({ documents, embedder, usage, transact }),
    summary: createSummaryPhase({ summaries, reader: events, leases, summarizer, tokenizer, usage, bounds: config.summaries }),
    distillation: createDistillationPhase({ procedures, distillations, describer: chat === null ? offlineDescriber : createModelDescriber(chat), transact, clock }),
    remote: createRemotePhase({ remotes, a2a, agents, calls, transact: transactMessages, clock }),
    generations: generationService,
    imports: createImportPhase({ imports, records, transact }),
    forgetting: createForgettingPhase({
      transact, lexicons: createLexiconStore(database), clock,
      sweepObjects: objects === null ? null : () => sweepObjects(database, objects, FORGOTTEN_OBJECTS),
    }),
  };
  return { app, phases, stopWaiting: () => { waiting.stop(); }, stopAsking: () => summaryTrigger.stop() };
}

function createSearch({ database, embedder, metrics }: Platform, lexicon: Lexicon, usage: UsageStore, bodies: EventBodies) {
  const common = { lexicon, embedder, usage };
  const versions = createVersionStore(database);
  const past = createPastSearch({ past: createPastStore(database), lexicon });
  return {
    memories: measuredMemorySearch(createMemorySearch({ ...common, store: createMemorySearchStore(database), past, versions }), metrics),
    events: createEventSearch({ store: createEventSearchStore(database, bodies), lexicon }),
    documents: createDocumentSearch({ ...common, store: createDocumentSearchStore(database), versions }),
    procedures: createProcedureSearch({ ...common, store: createProcedureSearchStore(database) }),
  };
}

/** What asks for much and is asked for again. */
function keepAnswers({ caches, database, embedder }: Platform, visibility: Visibility, reads: Pick<App, 'recall' | 'context'>): Pick<App, 'recall' | 'context'> {
  if (caches === null) return reads;
  const versions = createVersionStore(database);
  const space = vectorSpaceOf(embedder);
  return {
    recall: withAnswerCache({ recall: reads.recall, visibility, answers: createAnswerCache('recall', { cache: caches.answers('recall'), versions, space }) }),
    context: withBlockCache({ context: reads.context, versions, visibility, answers: createAnswerCache('context', { cache: caches.answers('context'), versions, space }) }),
  };
}

function keepSessions({ caches, database, metrics }: Platform, sessions: SessionStore): Pick<SessionStore, 'getMany'> {
  if (caches === null) return sessions;
  return createKeptSessions({ sessions, versions: createVersionStore(database), kept: caches.sessions, observer: cacheObserver(metrics, 'session') });
}
