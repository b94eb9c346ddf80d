import type { Config } from '../config/schema';
import { systemClock } from '../kernel/clock';
import type { Logger } from '../kernel/logger-type';
import { createO200kTokenizer } from '../platform/tokenizer/o200k.tokenizer';
import { openBus, openDatabase, openQueue } from './capabilities';
import { chooseChat, chooseEmbedder } from './models';
import type { Platform } from './platform';

export interface OpenPlatform {
  readonly platform: Platform;
  /** Closes what was opened, the last first. */
  close(): Promise<void>;
}

/** Opens every capability as the configuration names it. @throws what keeps one from opening, nothing left open */
export async function openPlatform(config: Config, logger: Logger): Promise<OpenPlatform> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (let next = closers.pop(); next !== undefined; next = closers.pop()) await next();
  };
  const opening = { config, logger, onClose: (closer: () => Promise<void>): void => { closers.push(closer); } };
  try {
    const database = await openDatabase(opening);
    const bus = await openBus(opening, database);
    const platform: Platform = {
      database,
      bus,
      queue: await openQueue(opening, database, bus),
      embedder: await chooseEmbedder(config.embedding),
      chat: await chooseChat(config.chat),
      tokenizer: createO200kTokenizer(),
      clock: systemClock,
      logger,
    };
    return { platform, close };
  } catch (error) {
    await close();
    throw error;
  }
}
