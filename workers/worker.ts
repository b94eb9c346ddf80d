import { z } from 'zod';
import { JOBS, type JobName } from '../src/jobs/jobs';
import { RetryLater } from '../src/jobs/retry-later';
import { GatewayError } from '../src/kernel/errors';
import type { Logger } from '../src/kernel/logger-type';
import type { Delivery, JobQueue, Verdict } from '../src/platform/queue/queue.port';
import type { Handlers } from './handlers';

export interface WorkerOptions {
  readonly queue: JobQueue;
  readonly handlers: Handlers;
  readonly names: readonly JobName[];
  readonly concurrency: number;
  readonly logger: Logger;
}

/** Consumes jobs, parses their payloads and says what becomes of each: done, again later, or dead with its reason. */
export function startWorker({ queue, handlers, names, concurrency, logger }: WorkerOptions): { stop(graceMs: number): Promise<void> } {
  return queue.consume(names, concurrency, async (delivery, signal) => {
    const log = logger.child({ traceId: traceIdOf(delivery), jobId: delivery.id, job: delivery.name, attempt: delivery.attempt });
    const verdict = await attempt(handlers, delivery, signal, log);
    if (verdict.kind === 'done') log.debug({}, 'job done');
    else log.warn({ verdict: verdict.kind, error: verdict.error }, 'job not done');
    return verdict;
  });
}

/** One trace per generation, from its acceptance through every job and attempt: its id, as W3C trace ids are written. */
const traceIdOf = ({ id, payload }: Delivery): string => {
  const generation = z.object({ generationId: z.uuid() }).safeParse(payload);
  return (generation.data?.generationId ?? id).replaceAll('-', '');
};

async function attempt(handlers: Handlers, delivery: Delivery, signal: AbortSignal, log: Logger): Promise<Verdict> {
  const { attempts, payload: schema } = JOBS[delivery.name];
  const parsed = schema.safeParse(delivery.payload);
  if (!parsed.success) return { kind: 'dead', error: `the payload does not fit ${delivery.name}` };
  try {
    // Only a job whose worker never lived to say what became of it comes this often.
    if (delivery.attempt > attempts) throw new GatewayError('INTERNAL_SERVER_ERROR', `given up: its worker was lost in ${attempts} attempts`);
    await handlers.run(delivery.name, parsed.data, signal);
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof RetryLater) return { kind: 'retry', delayMs: error.delayMs, error: error.message, counts: false };
    // The worker stops, the job was revoked, or the lease went to another one: whatever was thrown says nothing about the job.
    if (signal.aborted) return { kind: 'retry', delayMs: 0, error: 'interrupted', counts: false };
    const foreseen = error instanceof GatewayError;
    if (!foreseen) log.error({ err: error }, 'a job failed unexpectedly');
    // Administrators read it over GraphQL: no SQL, no secret, no words of a payload.
    const message = foreseen ? error.message : `an unexpected failure (${error instanceof Error ? error.name : typeof error}); the log has it by this job's id`;
    // Foreseen and not passing: another try would meet the same. Anything else may be the moment's fault.
    const terminal = foreseen && error.code !== 'UNAVAILABLE';
    if (!terminal && delivery.attempt < attempts) return { kind: 'retry', delayMs: backoffMs(delivery.attempt), error: message, counts: true };
    await handlers.abandon(delivery.name, parsed.data, error);
    return { kind: 'dead', error: message };
  }
}

/** 1 s doubling to 5 minutes, half of it random so that jobs which failed together do not come back together. */
function backoffMs(attemptsSoFar: number): number {
  const ceiling = Math.min(300_000, 1000 * 2 ** Math.min(attemptsSoFar - 1, 12));
  return ceiling / 2 + Math.random() * (ceiling / 2);
}
