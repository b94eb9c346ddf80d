import type { Config } from '../config/schema';
import { systemClock } from '../kernel/clock';
import type { Logger } from '../kernel/logger-type';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createO200kTokenizer } from '../platform/tokenizer/o200k.tokenizer';
import { openDatabase } from '../storage/database';
import { createTableJobQueue, releaseLeases } from '../storage/job-queue';
import { chooseChat, chooseEmbedder } from './models';
import type { Platform } from './platform';

/** Everything in this process: PGlite, the jobs table as the queue, the bus as a map of listeners. */
export async function buildEmbedded(config: Config, logger: Logger): Promise<Platform> {
  const database = await openDatabase({ ...config.database, logger });
  try {
    await releaseLeases(database);
    const bus = createInProcessBus();
    return {
      database,
      bus,
      queue: createTableJobQueue({ sql: database, bus, logger }),
      embedder: await chooseEmbedder(config.embedding),
      chat: await chooseChat(config.chat),
      tokenizer: createO200kTokenizer(),
      clock: systemClock,
      logger,
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
