import { parseConfig, type Config } from '../config/schema';
import { startGateway, type Gateway } from '../gateway';
import { newTestDatabase, silentLogger } from './database';
import { newTestObjects } from './objects';

/** The whole gateway on a free port with a database of its own: one per test file, closed in `afterAll`. */
export async function startTestGateway(overrides: Partial<Config> = {}): Promise<Gateway> {
  const { config, drop } = await newTestDatabase();
  const objects = await newTestObjects();
  const gateway = await startGateway({ ...parseConfig({ CONTEXTIQ_PORT: '0' }), database: config, objects: objects.config, ...overrides }, silentLogger);
  return {
    ...gateway,
    async close() {
      await gateway.close();
      await drop();
      await objects.drop();
    },
  };
}
