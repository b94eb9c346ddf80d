import { Redis } from 'ioredis';
import { unavailable } from '../../kernel/errors';
import type { Logger } from '../../kernel/logger-type';

export interface RedisOptions {
  /** `redis://` or `rediss://`, with password and database number if any. */
  readonly url: string;
  /** Stands before every key and channel: installations that share a server need different ones. */
  readonly prefix: string;
  readonly logger: Logger;
}

export interface RedisServer {
  /** For commands. They fail at once while the server is away: nothing waits in this process. */
  readonly commands: Redis;
  /** For subscriptions alone: a subscribed connection takes no other command. It subscribes again by itself. */
  readonly subscriptions: Redis;
  readonly prefix: string;
  isUp(): boolean;
  close(): void;
}

const COMMAND_MS = 1000;
const CONNECT_MS = 3000;
const LONGEST_PAUSE_MS = 2000;
const BEAT_MS = 1000;
/** So many beats without an answer break the circuit: the connections are given up, and nobody waits for them any longer. */
const MISSES = 2;

/** Two connections that come back by themselves. @throws GatewayError UNAVAILABLE (REDIS_UNREACHABLE) when the server does not answer at the start */
export async function openRedis({ url, prefix, logger }: RedisOptions): Promise<RedisServer> {
  let lastError = '';
  let opened = false;
  const connect = (name: string): Redis => {
    const connection = new Redis(url, {
      connectionName: `contextiq-${name}`,
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      commandTimeout: COMMAND_MS,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      // Half of each pause is random, so that gateways which lost one server do not come back together.
      retryStrategy: (times) => (opened ? Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(times, 6)) * (0.5 + Math.random() / 2) : null),
    });
    let away = false;
    connection.on('error', (error) => {
      lastError = error.message;
      if (!away) logger.warn({ err: error, connection: name }, 'Redis is away: slower until it is back, nothing is lost');
      away = true;
    });
    connection.on('ready', () => {
      if (away) logger.info({ connection: name }, 'Redis is back');
      away = false;
    });
    return connection;
  };
  const commands = connect('commands');
  const subscriptions = connect('subscriptions');
  let misses = 0;
  /** A server that falls silent breaks no connection: without this each command would wait for its time limit. */
  const beat = async (): Promise<void> => {
    if (commands.status !== 'ready') return;
    misses = await commands.ping().then(() => 0, () => misses + 1);
    if (misses < MISSES) return;
    misses = 0;
    lastError = 'it fell silent';
    for (const connection of [commands, subscriptions]) connection.disconnect(true);
  };
  let beats: NodeJS.Timeout | undefined;
  const close = (): void => {
    clearInterval(beats);
    for (const connection of [commands, subscriptions]) connection.disconnect();
  };
  try {
    await Promise.all([commands.connect(), subscriptions.connect()]);
    await commands.ping();
    opened = true;
    beats = setInterval(() => { void beat(); }, BEAT_MS).unref();
  } catch (error) {
    close();
    throw unavailable(`Redis does not answer at ${new URL(url).host} (CONTEXTIQ_REDIS_URL): ${lastError || reasonOf(error)}`, 'REDIS_UNREACHABLE');
  }
  return { commands, subscriptions, prefix, isUp: () => commands.status === 'ready' && commands.stream.writable, close };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
