import type { Config, ObjectsConfig } from '../config/schema';
import { unavailable } from '../kernel/errors';
import type { ObjectStore } from '../platform/objects/objects.port';

export interface OpenObjects {
  readonly objects: ObjectStore;
  close(): void;
}

/** The store of large bodies; the S3 library is loaded only for S3. `from` names the variable or argument to mend when it cannot be used. */
export async function openObjects(config: ObjectsConfig, from = 'CONTEXTIQ_OBJECTS_URL'): Promise<OpenObjects> {
  if (config.kind === 'files') {
    const { openFileObjects } = await import('../platform/objects/file.objects');
    const objects = await openFileObjects(config.directory).catch((error: unknown) => {
      throw unavailable(`${from}: ${config.directory} cannot be used: ${error instanceof Error ? error.message : String(error)}`, 'OBJECTS_UNUSABLE');
    });
    return { objects, close: () => undefined };
  }
  const { openS3Objects } = await import('../platform/objects/s3.objects');
  const objects = await openS3Objects({ ...config, from });
  return { objects, close: objects.close };
}

/** Where bodies of events go; null beside a server without a bucket: a folder belongs to one host, and processes of any host share the server. */
export async function openBodies({ database, objects }: Pick<Config, 'database' | 'objects'>): Promise<OpenObjects | null> {
  if (objects.kind === 's3') return openObjects(objects);
  return database.kind === 'postgres' ? null : openObjects(objects, 'CONTEXTIQ_DATA_DIR');
}
