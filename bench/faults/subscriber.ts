import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { dataOf, follow } from '../../src/testing/e2e/follower';
import type { Random } from '../../src/testing/e2e/random';

const EVENTS = 'subscription($sessionId: ID!, $after: String) { sessionEvents(sessionId: $sessionId, after: $after) { cursor event { id seq } } }';
const RECONNECT_MS = 100;

export interface Subscriber {
  /** Sequence numbers in the order of arrival. */
  readonly seen: readonly number[];
  readonly connections: () => number;
  stop(): Promise<void>;
}

/** Follows a session at any gateway, goes on after its last cursor whenever a connection ends, and also leaves by itself at times. */
export function subscribe(urls: readonly string[], sessionId: string, random: Random, onFailure: (error: unknown) => void): Subscriber {
  const seen: number[] = [];
  let connections = 0;
  let stopped = false;
  let leave: () => void = () => undefined;
  const run = async (): Promise<void> => {
    for (let after = '0'; !stopped; connections += 1) {
      const most = random.chance(0.5) ? 1 + random.int(400) : Infinity;
      const follower = follow(urls[random.int(urls.length)] ?? '', EVENTS, { sessionId, after }, { onItem: () => {
        const item = dataOf(follower, 'sessionEvents').at(-1);
        after = item.cursor;
        seen.push(item.event.seq);
        if (follower.items.length >= most) follower.cut();
      } });
      leave = follower.cut;
      const { error } = await follower.end;
      await follower.close();
      if (Array.isArray(error)) assert.ok(error.every(({ extensions }) => extensions?.code === 'UNAVAILABLE'), `a subscription failed: ${JSON.stringify(error)}`);
      await pause(random.int(RECONNECT_MS));
    }
  };
  const running = run().catch(onFailure);
  return {
    seen,
    connections: () => connections,
    async stop() {
      stopped = true;
      leave();
      await running;
    },
  };
}
