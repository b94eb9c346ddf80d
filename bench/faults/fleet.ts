import { freePort } from '../../src/testing/free-port';
import { startProgram, killPrograms, type Program } from '../../src/testing/e2e/program';
import { createDatabase, withDatabase } from '../../src/testing/production/databases';
import { startPostgresNode, type PostgresNode } from '../../src/testing/postgres-node';
import { startRabbitNode, type RabbitNode } from '../../src/testing/rabbitmq-node';
import { startRedisNode, type RedisNode } from '../../src/testing/redis-node';

/** Two gateways and two workers on services of their own, all to be killed. */
export interface Fleet {
  readonly gateways: readonly string[];
  readonly postgres: PostgresNode;
  readonly redis: RedisNode;
  readonly rabbit: RabbitNode;
  restart(kind: 'gateway' | 'worker', index: number): Promise<void>;
  close(): Promise<void>;
}

export const SIZE = 2;

/** A start that meets a service which is just coming back is tried again, as a supervisor would. */
const STARTS = 20;

export async function startFleet(onLog: (line: string) => void): Promise<Fleet> {
  const [postgres, redis, rabbit] = await Promise.all([startPostgresNode(), startRedisNode(), startRabbitNode()]);
  const url = withDatabase(postgres.url, 'contextiq');
  await createDatabase(url);
  const variables = { CONTEXTIQ_DATABASE_URL: url, CONTEXTIQ_REDIS_URL: redis.url, CONTEXTIQ_RABBITMQ_URL: rabbit.url, CONTEXTIQ_LOG_LEVEL: 'info' };
  const ports = await Promise.all(Array.from({ length: SIZE }, freePort));
  const start = async (kind: 'gateway' | 'worker', index: number): Promise<Program> => {
    const own = kind === 'gateway' ? { CONTEXTIQ_PORT: String(ports[index]), CONTEXTIQ_WORKERS: '0' } : {};
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await startProgram(kind, { variables: { ...variables, ...own } }, (line) => { onLog(`${kind} ${index} ${line}`); });
      } catch (error) {
        onLog(`${kind} ${index} ${String(error)}`);
        if (attempt === STARTS) throw error;
      }
    }
  };
  const programs = new Map<string, Program>();
  for (const kind of ['gateway', 'worker'] as const) {
    for (let index = 0; index < SIZE; index += 1) programs.set(`${kind} ${index}`, await start(kind, index));
  }
  return {
    gateways: ports.map((port) => `http://127.0.0.1:${port}`), postgres, redis, rabbit,
    async restart(kind, index) {
      await programs.get(`${kind} ${index}`)?.stop('SIGKILL');
      programs.set(`${kind} ${index}`, await start(kind, index));
    },
    async close() {
      killPrograms();
      await Promise.all([postgres.remove(), redis.kill(), rabbit.remove()]);
    },
  };
}
