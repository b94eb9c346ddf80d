import { randomUUID } from 'node:crypto';
import type { RedisServer } from '../redis/redis';
import type { Bus } from './bus.port';
import { createInProcessBus } from './in-process.bus';

/**
 * Notices among all gateways and workers by Redis pub/sub (one channel per topic), and within this process without it. What
 * Redis drops while it is away is made up for: every listener is woken when it comes back, and readers poll meanwhile.
 */
export function createRedisBus({ commands, subscriptions, prefix }: RedisServer): Bus {
  const local = createInProcessBus();
  const self = randomUUID();
  const channelOf = (topic: string): string => `${prefix}:notice:${topic}`;
  /** How many listen here, by channel. */
  const listening = new Map<string, number>();
  const outgoing = new Set<string>();

  const publish = (): void => {
    const topics = [...outgoing];
    outgoing.clear();
    const batch = commands.pipeline();
    for (const topic of topics) batch.publish(channelOf(topic), self);
    // A notice that does not leave is found by the polls of those it was for.
    batch.exec().catch(() => undefined);
  };

  const change = (verb: 'subscribe' | 'unsubscribe', channel: string): void => {
    // While the connection is away it keeps the list itself, and subscribes to all of it when it is back.
    subscriptions[verb](channel).catch(() => undefined);
  };

  subscriptions.on('message', (channel: string, from: string) => {
    if (from !== self) local.notify(channel);
  });
  subscriptions.on('ready', () => {
    const channels = [...listening.keys()];
    if (channels.length === 0) return;
    subscriptions.subscribe(...channels).then(() => { for (const channel of channels) local.notify(channel); }, () => undefined);
  });

  return {
    lossless: false,
    notify(topic) {
      local.notify(channelOf(topic));
      if (outgoing.size === 0) setImmediate(publish);
      outgoing.add(topic);
    },
    listen(topic, listener) {
      const channel = channelOf(topic);
      const others = listening.get(channel) ?? 0;
      listening.set(channel, others + 1);
      if (others === 0) change('subscribe', channel);
      const unlisten = local.listen(channel, listener);
      let left = false;
      return () => {
        unlisten();
        if (left) return;
        left = true;
        const now = (listening.get(channel) ?? 1) - 1;
        if (now > 0) listening.set(channel, now);
        else {
          listening.delete(channel);
          change('unsubscribe', channel);
        }
      };
    },
  };
}
