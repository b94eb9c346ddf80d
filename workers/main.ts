import { setTimeout as delay } from 'node:timers/promises';
import { closeOnSignal } from '../src/close-on-signal';
import { compose, type Composition } from '../src/compose';
import type { ComponentState } from '../src/compose/circuits';
import { loadConfig } from '../src/config/load';
import { ConfigError, type Config } from '../src/config/schema';
import { metricsAccess, refusalOfReader, replyMetrics } from '../src/http/metrics-page';
import { replyError } from '../src/http/reply';
import { GatewayError } from '../src/kernel/errors';
import { traceIdFrom } from '../src/kernel/trace';
import { createLogger } from '../src/platform/telemetry/logger';
import { parseWorkerArguments, UsageError } from './arguments';
import { createHandlers } from './handlers';
import { listenForHealth, type ShowMetrics } from './health';
import { startWorker } from './worker';

const GRACE_MS = 10_000;
const PING_MS = 1000;

/** A process that only works on jobs. SIGTERM or SIGINT: takes no new job, lets running ones end within 10 s, hands the rest back. A second signal leaves at once. */
async function main(): Promise<void> {
  const { names, concurrency, port } = parseWorkerArguments(process.argv.slice(2));
  const config = loadConfig();
  requireShared(config);
  const logger = createLogger(config.logLevel);
  const composition = await compose(config, logger, 'worker');
  const closing = await open(composition).catch(async (error: unknown) => {
    await composition.close();
    throw error;
  });
  closeOnSignal(logger, closing);

  /** @returns what closes all of it */
  async function open({ platform, phases, close }: Composition): Promise<() => Promise<void>> {
    const queue = platform.queue.state();
    if (queue.state === 'down') throw new GatewayError('UNAVAILABLE', `CONTEXTIQ_RABBITMQ_URL: the broker does not answer (${queue.detail ?? 'no reason given'})`);
    const health = port === null ? null : await listenForHealth({ readiness: () => readiness(composition) }, port, metricsOf(config, platform));
    const worker = startWorker({ queue: platform.queue, handlers: createHandlers(phases), names, concurrency, logger });
    logger.info({ queues: names, concurrency, ...(health === null ? {} : { healthPort: health.port }) }, 'the worker is ready');
    return async () => {
      try {
        await worker.stop(GRACE_MS);
      } finally {
        health?.close();
        await close();
      }
    };
  }
}

const OF_ONE_PROCESS: readonly Config['database']['kind'][] = ['pglite'];

/** An embedded database has one process, the gateway, which works on its jobs itself. */
function requireShared(config: Config): void {
  if (OF_ONE_PROCESS.includes(config.database.kind)) {
    throw new ConfigError('a worker process needs the database that its gateway uses: configure a PostgreSQL server for both; the embedded database belongs to one gateway, which runs its own jobs');
  }
}

/** The port is open to the network: only the token opens the figures. */
function metricsOf({ metrics }: Config, { expose }: Composition['platform']): ShowMetrics | null {
  if (metrics.kind === 'off' || expose === null) return null;
  const access = metricsAccess(metrics.token, false);
  return async (request, response) => {
    const refusal = refusalOfReader(access, request);
    if (refusal !== null) return replyError(request, response, refusal, traceIdFrom(undefined));
    await replyMetrics(request, response, { access, read: expose }).catch(() => { response.destroy(); });
  };
}

async function readiness({ platform }: Composition): Promise<Record<string, ComponentState>> {
  const answered = platform.database.ping().then(() => true, () => false);
  const timely = await Promise.race([answered, delay(PING_MS, false, { ref: false })]);
  const { objects } = platform.components();
  return {
    database: timely ? { state: 'up' } : { state: 'down', detail: `no answer within ${PING_MS} ms` },
    queue: platform.queue.state(),
    ...(objects === undefined ? {} : { objects }),
  };
}

main().catch((error: unknown) => {
  const foreseen = error instanceof ConfigError || error instanceof GatewayError || error instanceof UsageError;
  process.stderr.write(`${error instanceof Error ? (foreseen ? error.message : error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
