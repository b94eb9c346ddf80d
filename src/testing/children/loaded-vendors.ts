// Composes the gateway that the environment describes and prints which vendors of a mode it loaded.
import { writeSync } from 'node:fs';
import { compose } from '../../compose';
import { loadConfig } from '../../config/load';
import { silentLogger } from '../silent-logger';

const VENDORS = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector', 'ioredis', 'amqplib', '@aws-sdk/client-s3', 'cockatiel', 'openai', 'pg', 'typeorm'];

async function main(): Promise<void> {
  const composition = await compose(loadConfig(), silentLogger);
  const files = Object.keys(require.cache);
  await composition.close();
  writeSync(1, `${JSON.stringify(VENDORS.filter((vendor) => files.some((file) => file.includes(`/node_modules/${vendor}/`))))}\n`);
}

void main();
