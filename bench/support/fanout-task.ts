import { z } from 'zod';

/** What `parts/subscribers` is asked: to follow an address with so many sockets, and to count what each of so many publications takes to reach all. */
export const FanoutTask = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('follow'), url: z.string(), subscribers: z.number(), hello: z.string().nullable(), subscribe: z.string().nullable() }),
  z.object({ kind: z.literal('publish'), url: z.string(), body: z.string(), times: z.number() }),
]);

export const FanoutOutcome = z.object({ seconds: z.number(), p50: z.number(), p95: z.number(), p99: z.number(), messageBytes: z.number() });
