import type { ObjectsConfig } from '../config/schema';
import type { ObjectStore } from '../platform/objects/objects.port';

export interface OpenObjects {
  readonly objects: ObjectStore;
  close(): void;
}

/** The store of large bodies; the S3 library is loaded only for S3. `from` names the variable or argument to mend when it cannot be used. */
export async function openObjects(config: ObjectsConfig, from = 'CONTEXTIQ_OBJECTS_URL'): Promise<OpenObjects> {
  if (config.kind === 'files') {
    const { openFileObjects } = await import('../platform/objects/file.objects');
    return { objects: await openFileObjects(config.directory), close: () => undefined };
  }
  const { openS3Objects } = await import('../platform/objects/s3.objects');
  const objects = await openS3Objects({ ...config, from });
  return { objects, close: objects.close };
}
