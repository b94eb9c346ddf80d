import { createRuleConsolidator } from '../domain/consolidation/rules/rule-consolidator';
import type { Consolidator } from '../domain/consolidation/consolidator';
import { createConsolidationPhase } from '../domain/consolidation/consolidation.phase';
import { createNeighbourhood } from '../domain/consolidation/neighbourhood';
import { createBankService } from '../domain/bank/bank.service';
import type { Candidate, Extractor } from '../domain/extraction/extractor';
import { createDocumentEmbeddingPhase } from '../domain/document/document-embedding.phase';
import { createEmbeddingPhase } from '../domain/generation/embedding.phase';
import { createForgettingPhase } from '../domain/forgetting/forgetting.phase';
import { createExtractionPhase } from '../domain/generation/extraction.phase';
import { createGenerationService } from '../domain/generation/generation.service';
import { createMemoryService } from '../domain/memory/memory.service';
import { createLexicon } from '../domain/search/lexicon';
import { createAppendQueue } from '../domain/session/append-queue';
import { createEventService } from '../domain/session/event.service';
import { createSessionService } from '../domain/session/session.service';
import { createExtractiveSummarizer } from '../domain/summary/extractive';
import { createSummaryPhase } from '../domain/summary/summary.phase';
import { RetryLater } from '../jobs/retry-later';
import type { JobName } from '../jobs/jobs';
import type { Actor } from '../kernel/actor';
import { systemClock } from '../kernel/clock';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { offlineDescriber } from '../domain/procedural/learning/describer';
import { createDistillationPhase } from '../domain/procedural/learning/distillation.phase';
import { createProcedureEmbeddingPhase } from '../domain/procedural/embedding.phase';
import type { Embedder } from '../platform/embedding/embedding.port';
import { createO200kTokenizer } from '../platform/tokenizer/o200k.tokenizer';
import type { Database } from '../storage/database';
import { createRemotePhase } from '../domain/agent/remote.phase';
import { noRemoteAgents } from '../platform/a2a/no.remote-agents';
import { createImportPhase } from '../domain/transfer/import.phase';
import { createLexiconStore } from '../storage/lexicon.store';
import { planned, type Sql } from '../storage/sql';
import { createStores, createTransact } from '../storage/stores';
import { createHandlers, type Handlers } from '../../workers/handlers';
import { silentLogger } from './database';
import { newTenant } from './tenant';

/** A sentence per turn, “Subject: attribute=value; words”, is its own candidate: what a test says is what is extracted. */
export function scriptedExtractor(windowTurns = 4, vary: (fact: string, turn: number) => string = (fact) => fact): Extractor & { readonly calls: () => number } {
  let calls = 0;
  return {
    name: 'test/script',
    windowTurns,
    calls: () => calls,
    extract: ({ turns, meter }) => {
      calls += 1;
      const usage = { model: 'test/script', calls: 1, promptTokens: turns.length, completionTokens: 1 };
      meter?.(usage);
      const candidates = turns.flatMap((turn): Candidate[] => {
        const match = /^(\w+): (\w+)(=|\+)([^;]+); (.+)$/s.exec(turn.text);
        if (match === null) return turn.text.endsWith('?') ? [] : [{ ...plain(turn.eventId), fact: vary(turn.text, turn.seq) }];
        const [, subject = '', attribute = '', kind, value = '', fact = ''] = match;
        return [{ ...plain(turn.eventId), fact: vary(fact, turn.seq), subject: subject.toLowerCase(), attribute, value, exclusive: kind === '=' }];
      });
      const left = turns.filter(({ text }) => text.endsWith('?')).map(({ eventId }) => ({ eventId, reason: 'question' }));
      return Promise.resolve({ candidates, leftOut: left, usage: [usage] });
    },
  };
}

const plain = (eventId: string): Omit<Candidate, 'fact'> => ({
  topics: ['personal_facts'], confidence: 0.8, eventIds: [eventId], subject: null, attribute: null, value: null, exclusive: false, validFrom: null, validTo: null,
});

/** Three numbers of a text: enough to tell texts apart. */
export const tinyEmbedder = (): Embedder & { readonly texts: string[] } => {
  const texts: string[] = [];
  return {
    model: 'test/tiny', dimension: 3, semantic: false, texts,
    embed: (batch) => {
      texts.push(...batch);
      return Promise.resolve(batch.map((text) => [text.length, text.charCodeAt(0), text.charCodeAt(text.length - 1)]));
    },
  };
};

export interface WorldOptions {
  readonly extractor?: Extractor;
  readonly consolidator?: Consolidator;
  readonly embedder?: Embedder;
  /** Wraps the handle that the job handlers work with, to count or to break it. */
  readonly sqlOfHandlers?: (sql: Sql) => Sql;
}

/** The services and job handlers over a real database, without a door and without a queue's timers: tests run the jobs. */
export function createGenerationWorld(database: Database, options: WorldOptions = {}) {
  const bus = createInProcessBus();
  const stores = createStores(database, bus);
  const transact = createTransact(database, bus);
  const generations = createGenerationService({ ...stores, transact, clock: systemClock });

  const sql = options.sqlOfHandlers?.(database) ?? database;
  const worker = { ...createStores(sql, bus), transact: createTransact(sql, bus) };
  const lexicon = createLexicon({ store: createLexiconStore(sql), clock: systemClock, logger: silentLogger });
  const handlers: Handlers = createHandlers({
    extraction: createExtractionPhase({ ...worker, extractor: options.extractor ?? scriptedExtractor() }),
    consolidation: createConsolidationPhase({
      ...worker, neighbourhood: createNeighbourhood({ memories: worker.memories, lexicon }), consolidator: options.consolidator ?? createRuleConsolidator(),
    }),
    embedding: createEmbeddingPhase({ ...worker, embedder: options.embedder ?? tinyEmbedder() }),
    distillation: createDistillationPhase({ ...worker, describer: offlineDescriber, clock: systemClock }),
    procedureEmbedding: createProcedureEmbeddingPhase({ ...worker, embeddings: worker.procedureEmbeddings, embedder: options.embedder ?? tinyEmbedder() }),
    summary: createSummaryPhase({
      ...worker, reader: worker.events, summarizer: createExtractiveSummarizer(), tokenizer: createO200kTokenizer(), bounds: { events: 30, tokens: 4000 },
    }),
    documentEmbedding: createDocumentEmbeddingPhase({ ...worker, embedder: options.embedder ?? tinyEmbedder() }),
    forgetting: createForgettingPhase({ transact: worker.transact, lexicons: createLexiconStore(sql), sweepObjects: null, clock: systemClock }),
    remote: createRemotePhase({ ...worker, calls: noRemoteAgents, clock: systemClock }),
    imports: createImportPhase(worker),
    generations,
  });

  const jobsOf = (actor: Actor): Promise<{ id: string; name: JobName; payload: unknown }[]> =>
    database.query(planned('test.jobs', 'select id, name, payload from jobs where tenant_id = $1 and dead_at is null order by run_at, id'), [actor.tenantId]);
  const finishJob = (actor: Actor, id: string) => database.query(planned('test.finishJob', 'delete from jobs where tenant_id = $1 and id = $2'), [actor.tenantId, id]);

  return {
    ...stores,
    stores,
    transact,
    generations,
    sessions: createSessionService({ sessions: stores.sessions, transact, clock: systemClock }),
    events: createEventService({ events: stores.events, append: createAppendQueue(stores.events), clock: systemClock }),
    memoryService: createMemoryService({ ...stores, transact, clock: systemClock, retentionSeconds: 3600 }),
    banksService: createBankService({ ...stores, transact }),
    handlers,
    jobsOf,
    finishJob,

    newTenant: () => newTenant(database),

    /** Runs every job until none is left; jobs of one round run at the same time. A job that throws stays and is run again. */
    async runJobs(actor: Actor, onError: (error: unknown) => void = (error) => { throw error; }): Promise<void> {
      for (;;) {
        const jobs = await jobsOf(actor);
        if (jobs.length === 0) return;
        await Promise.all(jobs.map(async ({ id, name, payload }) => {
          try {
            await handlers.run(name, payload, new AbortController().signal);
            await finishJob(actor, id);
          } catch (error) {
            if (!(error instanceof RetryLater)) onError(error);
          }
        }));
      }
    },
  };
}

export type GenerationWorld = ReturnType<typeof createGenerationWorld>;
