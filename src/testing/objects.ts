import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectsConfig } from '../config/schema';
import { requireS3Url, templateUrl } from './services';

interface TestObjects {
  readonly config: ObjectsConfig;
  drop(): Promise<void>;
}

/** A prefix of its own in the tests' bucket, at another address if a proxy stands before it. */
export function s3Config(endpoint?: string): ObjectsConfig {
  const { origin, pathname, username, password } = new URL(requireS3Url());
  return { kind: 's3', bucket: pathname.slice(1), prefix: randomUUID(), endpoint: endpoint ?? origin, region: 'us-east-1', credentials: { accessKeyId: username, secretAccessKey: password } };
}

/** A store of its own for whoever asks: a folder, or in production runs a prefix of the bucket. */
export async function newTestObjects(): Promise<TestObjects> {
  if (templateUrl() !== null) return { config: s3Config(), drop: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), 'contextiq-objects-'));
  return { config: { kind: 'files', directory }, drop: () => rm(directory, { recursive: true, force: true }) };
}
