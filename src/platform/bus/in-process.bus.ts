import type { Bus } from './bus.port';

/** The bus of a gateway that is alone: notices travel within the process. Several at once per topic become one. */
export function createInProcessBus(): Bus {
  const listeners = new Map<string, Set<() => void>>();
  const pending = new Set<string>();

  const deliver = (): void => {
    const topics = [...pending];
    pending.clear();
    for (const topic of topics) for (const listener of listeners.get(topic) ?? []) listener();
  };

  return {
    lossless: true,
    notify(topic) {
      if (!listeners.has(topic)) return;
      if (pending.size === 0) setImmediate(deliver);
      pending.add(topic);
    },
    listen(topic, listener) {
      const own = listeners.get(topic) ?? new Set();
      own.add(listener);
      listeners.set(topic, own);
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(topic) === own) listeners.delete(topic);
      };
    },
  };
}
