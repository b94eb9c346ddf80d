import { closeOnSignal } from './close-on-signal';
import { loadConfig } from './config/load';
import { ConfigError, type Config } from './config/schema';
import { startGateway } from './gateway';
import { GatewayError } from './kernel/errors';
import { createLogger } from './platform/telemetry/logger';

/** One process, one gateway: runs until SIGINT or SIGTERM, then leaves nothing half-done. A second signal leaves at once. */
async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  const gateway = await startGateway(config, logger);
  logger.info({ url: gateway.url, graphiql: `${gateway.url}/graphiql`, ...modeOf(config) }, 'ContextIQ is ready');
  closeOnSignal(logger, () => gateway.close());
}

const modeOf = (config: Config): object => ({
  ...(config.database.kind === 'pglite' ? { dataDir: config.database.dataDir } : { database: new URL(config.database.url).host }),
  auth: config.auth.kind === 'local' ? 'no key needed: only this machine can reach it' : 'API keys (npm run keys)',
  extraction: config.chat.kind === 'offline' ? 'offline rules' : config.chat.models.map(({ provider, model }) => (provider === undefined ? model : `${provider}/${model}`)).join(', then '),
});

main().catch((error: unknown) => {
  const foreseen = error instanceof ConfigError || error instanceof GatewayError || isAddressInUse(error);
  process.stderr.write(`${foreseen && error instanceof Error ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});

const isAddressInUse = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
