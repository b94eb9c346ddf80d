import { createContextService } from '../domain/context/context.service';
import { createEventSearch } from '../domain/search/event-search';
import { createLexicon } from '../domain/search/lexicon';
import { createMemorySearch } from '../domain/search/memory-search';
import { createRecallService } from '../domain/search/recall.service';
import { createVisibility } from '../domain/search/visibility';
import { createMemoryService } from '../domain/memory/memory.service';
import { createAppendQueue } from '../domain/session/append-queue';
import { createEventService } from '../domain/session/event.service';
import { createSessionService } from '../domain/session/session.service';
import { systemClock } from '../kernel/clock';
import type { Embedder } from '../platform/embedding/embedding.port';
import { createHashEmbedder } from '../platform/embedding/hash.embedder';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createO200kTokenizer } from '../platform/tokenizer/o200k.tokenizer';
import type { Database } from '../storage/database';
import { createEventSearchStore } from '../storage/event-search.store';
import { createLexiconStore } from '../storage/lexicon.store';
import { createMemorySearchStore } from '../storage/memory-search.store';
import { createUsageStore } from '../storage/usage.store';
import { createStores, createTransact } from '../storage/stores';
import { silentLogger } from './database';

/** Writing and retrieval over one database, wired as the program wires them. */
export function retrievalOver(database: Database, embedder: Embedder = createHashEmbedder()) {
  const bus = createInProcessBus();
  const clock = systemClock;
  const stores = createStores(database, bus);
  const transact = createTransact(database, bus);
  const lexicon = createLexicon({ store: createLexiconStore(database), clock, logger: silentLogger });
  const memorySearch = createMemorySearch({ store: createMemorySearchStore(database), lexicon, embedder, usage: createUsageStore(database) });
  const eventSearch = createEventSearch({ store: createEventSearchStore(database), lexicon });
  const visibility = createVisibility({ generations: stores.generations, clock });
  const recall = createRecallService({ memories: memorySearch, events: eventSearch, reader: stores.events, visibility });
  return {
    stores, lexicon,
    sessions: createSessionService({ sessions: stores.sessions, transact, clock }),
    events: createEventService({ events: stores.events, append: createAppendQueue(stores.events), clock }),
    memories: createMemoryService({ memories: stores.memories, transact, clock, retentionSeconds: 3600 }),
    recall,
    context: createContextService({
      memories: memorySearch, events: eventSearch, sessions: stores.sessions, reader: stores.events, visibility, tokenizer: createO200kTokenizer(),
    }),
  };
}
