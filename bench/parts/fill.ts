// Fills a database with memories before a gateway opens it, through the store that the gateway writes with.
import { z } from 'zod';
import { parseConfig } from '../../src/config/schema';
import { DEFAULT_BANK } from '../../src/domain/bank/bank';
import { DEFAULT_TENANT, localActor } from '../../src/domain/access/access.service';
import type { MemoryState } from '../../src/domain/memory/memory.store';
import { newId } from '../../src/kernel/ids';
import { createInProcessBus } from '../../src/platform/bus/in-process.bus';
import { vectorSpaceOf } from '../../src/platform/embedding/embedding.port';
import { createHashEmbedder } from '../../src/platform/embedding/hash.embedder';
import { createLogger } from '../../src/platform/telemetry/logger';
import { openDatabase } from '../../src/storage/database';
import { createLexiconStore } from '../../src/storage/lexicon.store';
import { createStores, createTransact } from '../../src/storage/stores';
import { factOf } from '../support/facts';
import { servePart } from '../support/part';

const Task = z.object({ env: z.record(z.string(), z.string()), pools: z.array(z.object({ userId: z.string(), size: z.number() })) });
const PER_TRANSACTION = 1000;
const VECTORS = 100;

servePart(Task, async ({ env, pools }) => {
  const database = await openDatabase({ ...parseConfig(env).database, logger: createLogger('error', process.stderr) });
  try {
    const actor = localActor();
    const bus = createInProcessBus();
    const embedder = createHashEmbedder();
    await createStores(database, bus).apiKeys.ensureTenant(DEFAULT_TENANT);
    const transact = createTransact(database, bus);
    for (const { userId, size } of pools) {
      for (let from = 0; from < size; from += PER_TRANSACTION) {
        const items = Array.from({ length: Math.min(size - from, PER_TRANSACTION) }, (_, n) => ({ memoryId: newId(), fact: factOf(from + n) }));
        const vectors = await embedder.embed(items.map(({ fact }) => fact), new AbortController().signal);
        await transact(async ({ memories, embeddings }) => {
          for (const { memoryId: id, fact } of items) await memories.insert(actor, { ...stateOf(fact), id, bankId: DEFAULT_BANK, scope: { user_id: userId }, sessionId: null }, null);
          // Without vectors the gateway would make them while its searches are measured.
          for (let n = 0; n < items.length; n += VECTORS) {
            await embeddings.put(actor, vectorSpaceOf(embedder), items.slice(n, n + VECTORS).map((item, index) => ({ ...item, vector: vectors[n + index] ?? [] })));
          }
        });
      }
    }
    await createLexiconStore(database).refresh(actor, 'memories');
    await database.query({ text: 'analyze memories' }, []);
    await database.housekeeping.run();
  } finally {
    await database.close();
  }
});

const stateOf = (fact: string): MemoryState => ({
  fact, topics: ['personal_facts'], confidence: 0.8, subject: null, attribute: null, value: null, exclusive: false, validFrom: null, validTo: null,
  eventIds: [], evidenceCount: 1, statedAt: new Date(), metadata: {}, revision: 1, supersededBy: null, supersededAt: null,
});
