/** Addresses of the real services that the production tests run against; the one place of the tests that reads the environment. */

/** The server that `npm run test:production` is told of. @throws Error that says how to get one: a run without it must fail, not pass by half */
export function requirePostgresUrl(): string {
  const url = process.env['CONTEXTIQ_TEST_POSTGRES_URL'] ?? '';
  if (url === '') {
    throw new Error('the production tests need CONTEXTIQ_TEST_POSTGRES_URL, a PostgreSQL with pgvector where they may create databases: eval "$(.ci/services start)"');
  }
  return url;
}

/** The migrated database that each test file's own is copied from; null in embedded runs. */
export const templateUrl = (): string | null => process.env['CONTEXTIQ_TEST_TEMPLATE_URL'] ?? null;

/** Tells the test files, which run in processes of their own. */
export function announceTemplate(url: string): void {
  process.env['CONTEXTIQ_TEST_TEMPLATE_URL'] = url;
}

/** The file of the migrated database that each test file starts with. */
export function requireImageFile(): string {
  const file = process.env['CONTEXTIQ_TEST_IMAGE'];
  if (file === undefined) throw new Error('src/testing/embedded/setup.ts did not run');
  return file;
}

/** Tells the test files. */
export function announceImage(file: string): void {
  process.env['CONTEXTIQ_TEST_IMAGE'] = file;
}

/** @throws Error that says how to get one */
export function requireRedisUrl(): string {
  const url = process.env['CONTEXTIQ_TEST_REDIS_URL'] ?? '';
  if (url === '') throw new Error('the production tests need CONTEXTIQ_TEST_REDIS_URL: eval "$(.ci/services start)"');
  return url;
}

/** The broker where tests declare queues of their own. @throws Error that says how to get one */
export function requireRabbitUrl(): string {
  const url = process.env['CONTEXTIQ_TEST_RABBITMQ_URL'] ?? '';
  if (url === '') throw new Error('the production tests need CONTEXTIQ_TEST_RABBITMQ_URL: eval "$(.ci/services start)"');
  return url;
}

/** `http://key:secret@host:port/bucket`: an S3-compatible server with a bucket for tests. @throws Error that says how to get one */
export function requireS3Url(): string {
  const url = process.env['CONTEXTIQ_TEST_S3_URL'] ?? '';
  if (url === '') throw new Error('the production tests need CONTEXTIQ_TEST_S3_URL: eval "$(.ci/services start)"');
  return url;
}
/** Where `.ci/services` keeps what it installed. */
export const ciCache = (): string => process.env['CONTEXTIQ_CI_CACHE'] ?? '/var/cache/contextiq-ci';
