import { z } from 'zod';
import type { Part } from './part';
import type { Bench } from './report';
import type { Server } from './server';

/** What `parts/load` is asked: clients that each send the next request when they have the answer to the last. */
export const HttpTask = z.object({
  url: z.string(),
  /** Taken in turn; `{{n}}` becomes a number that no other request of the run has. */
  bodies: z.array(z.string()).min(1),
  clients: z.number(),
  durationMs: z.number(),
});
export type HttpTask = z.infer<typeof HttpTask>;

export const HttpOutcome = z.object({ n: z.number(), seconds: z.number(), p50: z.number(), p95: z.number(), p99: z.number() });
export type HttpOutcome = z.infer<typeof HttpOutcome>;

export interface Measured extends HttpOutcome {
  readonly perSecond: number;
  /** The server's, for one request. */
  readonly cpuMicros: number;
}

export interface LoadOptions {
  readonly bodies: readonly string[];
  readonly clients: number;
}

/** Warms up, then measures; the server's CPU is read on both sides of the measured part alone. */
export async function measure(bench: Bench, load: Part, server: Server, { bodies, clients }: LoadOptions): Promise<Measured> {
  const task = { url: `${server.url}/graphql`, bodies: [...bodies], clients };
  await load.ask(HttpOutcome, { ...task, durationMs: bench.isQuick ? 50 : 2000 });
  const before = await server.usage();
  const outcome = await load.ask(HttpOutcome, { ...task, durationMs: bench.isQuick ? 100 : 5000 });
  const after = await server.usage();
  return { ...outcome, perSecond: outcome.n / outcome.seconds, cpuMicros: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / outcome.n };
}

/** Rate, CPU and latencies of one load; `times`: how many things one request carries. */
export function reportLoad(bench: Bench, name: string, unit: string, measured: Measured, bare?: { readonly measured: Pick<Measured, 'perSecond' | 'cpuMicros'>; readonly to: string }, times = 1): void {
  const { n, p50, p95, p99 } = measured;
  const against = (key: 'perSecond' | 'cpuMicros') => (bare === undefined ? {} : { bare: { value: key === 'perSecond' ? bare.measured[key] * times : bare.measured[key] / times, to: bare.to } });
  bench.figure({ metric: `${name}, rate`, value: measured.perSecond * times, unit: `${unit}/s`, n, ...against('perSecond') });
  bench.figure({ metric: `${name}, CPU each`, value: measured.cpuMicros / times, unit: 'µs', n, ...against('cpuMicros') });
  for (const [percentile, value] of Object.entries({ p50, p95, p99 })) bench.figure({ metric: `${name}, ${percentile}`, value, unit: 'ms', n });
}

export const body = (query: string, variables: object = {}): string => JSON.stringify({ query, variables });
