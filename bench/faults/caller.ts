import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient, type ApiClient } from '../../src/testing/e2e/client';
import type { Random } from '../../src/testing/e2e/random';

const GIVE_UP_MS = 120_000;
const BACK_OFF_MS = 60;

/** What a client program does: asks any gateway, and asks again, with the same idempotency key, when nothing or UNAVAILABLE came back. */
export interface Caller extends Pick<ApiClient, 'ask'> {
  readonly retries: () => number;
}

/** @throws on any other error, and when nothing has answered for two minutes */
export function createCaller(urls: readonly string[], random: Random): Caller {
  const clients = urls.map((url) => createApiClient(url));
  let retries = 0;
  return {
    retries: () => retries,
    async ask(query, variables = {}, headers = {}) {
      for (const end = performance.now() + GIVE_UP_MS; ; retries += 1) {
        const client = clients[random.int(clients.length)];
        const answer = await client?.send(query, variables, headers).catch((error: unknown) => ({ body: { lost: String(error) } }));
        const { data, errors, lost } = answer?.body ?? { lost: 'no gateway' };
        if (lost === undefined && errors === undefined) return data;
        const passing = lost !== undefined || errors.every(({ extensions }: { extensions?: { code?: string } }) => extensions?.code === 'UNAVAILABLE');
        const words = `${query.slice(0, 80)}: ${lost ?? JSON.stringify(errors)}`;
        if (!passing) throw new Error(words);
        if (performance.now() > end) throw new Error(`nothing but failures for ${GIVE_UP_MS} ms: ${words}`);
        await pause(BACK_OFF_MS + random.int(BACK_OFF_MS));
      }
    },
  };
}
