import { newTestDatabase } from './database';
import { newPrefix, removeQueues } from './rabbitmq';
import { requireRabbitUrl, requireRedisUrl } from './services';

/** What programs share, as variables of their environment: a database, and names of their own on the broker and in Redis. */
export async function newSharedServices(): Promise<{ readonly variables: Readonly<Record<string, string>>; drop(): Promise<void> }> {
  const { config, drop } = await newTestDatabase();
  if (config.kind !== 'postgres') throw new Error('no template: run `npm run test:production`');
  const prefix = newPrefix();
  return {
    variables: {
      CONTEXTIQ_DATABASE_URL: config.url, CONTEXTIQ_RABBITMQ_URL: requireRabbitUrl(), CONTEXTIQ_RABBITMQ_PREFIX: prefix,
      CONTEXTIQ_REDIS_URL: requireRedisUrl(), CONTEXTIQ_REDIS_PREFIX: prefix,
    },
    async drop() {
      await removeQueues(requireRabbitUrl(), prefix);
      await drop();
    },
  };
}
