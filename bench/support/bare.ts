import { z } from 'zod';
import { answerTo } from './ask';
import { startPart } from './part';
import type { Bench } from './report';
import { serverAt, services, withDirectory, type Server } from './server';

/** node:http that serves the very bytes with which the gateway answers this request. */
export async function withBareHttp<T>(gateway: Server, requestBody: string, work: (bare: Server) => Promise<T>): Promise<T> {
  const text = await answerTo(gateway.url, requestBody);
  const part = startPart('bare-http');
  try {
    const port = await part.ask(z.number(), { text });
    return await work(serverAt(`http://127.0.0.1:${port}`));
  } finally {
    await part.stop();
  }
}

const Inserted = z.object({ n: z.number(), perSecond: z.number(), cpuMicros: z.number() });

type Inserted = z.infer<typeof Inserted>;
const known = new Map<number, Promise<Inserted>>();

/** One INSERT per transaction, with so many callers, on a database of its own (or in a table of its own on the shared one); measured once. */
export function bareInserts(bench: Bench, clients: number): Promise<Inserted> {
  const measured = known.get(clients) ?? insertBare(bench, clients);
  known.set(clients, measured);
  return measured;
}

const insertBare = (bench: Bench, clients: number): Promise<Inserted> => withDirectory(async (directory) => {
  const part = startPart('bare-insert');
  try {
    const env = { ...services(), CONTEXTIQ_DATA_DIR: directory };
    return await part.ask(Inserted, { env, clients, ...(bench.isQuick ? { warmupMs: 50, durationMs: 100 } : { warmupMs: 1000, durationMs: 5000 }) });
  } finally {
    await part.stop();
  }
});
