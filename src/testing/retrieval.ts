import { createContextService } from '../domain/context/context.service';
import { createDocumentService } from '../domain/document/document.service';
import { createDocumentSearch } from '../domain/search/document-search';
import { createProcedureService } from '../domain/procedural/procedure.service';
import { createProcedureSearch } from '../domain/procedural/procedure-search';
import { createEventSearch } from '../domain/search/event-search';
import { createLexicon } from '../domain/search/lexicon';
import { createPastSearch } from '../domain/search/past-search';
import { createMemorySearch } from '../domain/search/memory-search';
import { createRecallService } from '../domain/search/recall.service';
import { createVisibility } from '../domain/search/visibility';
import { createMemoryService } from '../domain/memory/memory.service';
import { createAppendQueue } from '../domain/session/append-queue';
import type { EventBodies } from '../domain/session/event-body';
import { createEventService } from '../domain/session/event.service';
import { createSessionService } from '../domain/session/session.service';
import { systemClock } from '../kernel/clock';
import type { Embedder } from '../platform/embedding/embedding.port';
import { createHashEmbedder } from '../platform/embedding/hash.embedder';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createO200kTokenizer } from '../platform/tokenizer/o200k.tokenizer';
import type { Database } from '../storage/database';
import { noBodies } from '../storage/event-bodies';
import { createDocumentSearchStore } from '../storage/document-search.store';
import { createEventSearchStore } from '../storage/event-search.store';
import { createLexiconStore } from '../storage/lexicon.store';
import { createPastStore } from '../storage/past.store';
import { createProcedureSearchStore } from '../storage/procedure-search.store';
import { createMemorySearchStore } from '../storage/memory-search.store';
import { createUsageStore } from '../storage/usage.store';
import { createVersionStore } from '../storage/version.store';
import { createStores, createTransact } from '../storage/stores';
import { silentLogger } from './database';

/** Writing and retrieval over one database, wired as the program wires them. */
export function retrievalOver(database: Database, embedder: Embedder = createHashEmbedder(), bodies: EventBodies = noBodies) {
  const bus = createInProcessBus();
  const clock = systemClock;
  const stores = createStores(database, bus, bodies);
  const transact = createTransact(database, bus);
  const lexicon = createLexicon({ store: createLexiconStore(database), clock, logger: silentLogger });
  const common = { lexicon, embedder, usage: createUsageStore(database) };
  const versions = createVersionStore(database);
  const memorySearch = createMemorySearch({ ...common, versions, store: createMemorySearchStore(database), past: createPastSearch({ past: createPastStore(database), lexicon }) });
  const eventSearch = createEventSearch({ store: createEventSearchStore(database, bodies), lexicon });
  const documentSearch = createDocumentSearch({ ...common, versions, store: createDocumentSearchStore(database) });
  const procedureSearch = createProcedureSearch({ ...common, store: createProcedureSearchStore(database) });
  const tokenizer = createO200kTokenizer();
  const visibility = createVisibility({ generations: stores.generations, clock });
  const recall = createRecallService({ memories: memorySearch, events: eventSearch, documents: documentSearch, reader: stores.events, visibility, past: createPastStore(database) });
  return {
    stores, lexicon,
    sessions: createSessionService({ sessions: stores.sessions, transact, clock }),
    events: createEventService({ events: stores.events, append: createAppendQueue(stores.events), clock }),
    memories: createMemoryService({ memories: stores.memories, transact, clock, retentionSeconds: 3600 }),
    procedures: createProcedureService({ procedures: stores.procedures, transact, clock }),
    documents: createDocumentService({ documents: stores.documents, tokenizer, transact }),
    recall,
    context: createContextService({
      memories: memorySearch, events: eventSearch, documents: documentSearch, procedures: procedureSearch, sessions: stores.sessions, reader: stores.events, summaries: stores.summaries, preferences: stores.preferences, visibility, tokenizer,
    }),
  };
}
