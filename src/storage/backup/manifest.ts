import { z } from 'zod';
import { GatewayError } from '../../kernel/errors';
import type { ObjectStore } from '../../platform/objects/objects.port';

/** Written last: a folder without it is no backup. */
export const MANIFEST_KEY = 'manifest.json';
const MAX_BYTES = 1024 * 1024;

const Manifest = z.object({
  format: z.literal('contextiq-backup-1'),
  version: z.string(),
  takenAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  tables: z.array(z.object({
    name: z.string(),
    columns: z.array(z.string()),
    rows: z.int().min(0),
    object: z.object({ key: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  })),
  /** Bodies of events that are not in rows, each under the name it has in the object store. */
  bodies: z.int().min(0).default(0),
});
export type Manifest = z.infer<typeof Manifest>;

export async function writeManifest(objects: ObjectStore, manifest: Manifest): Promise<void> {
  async function* text(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  }
  await objects.put(MANIFEST_KEY, text(), MAX_BYTES);
}

/** @throws GatewayError NOT_FOUND where there is no backup, BAD_USER_INPUT for what is not one that this version reads */
export async function readManifest(objects: ObjectStore): Promise<Manifest> {
  const body = await objects.get(MANIFEST_KEY);
  if (body === null) throw new GatewayError('NOT_FOUND', `there is no finished backup in ${objects.location}: it has no ${MANIFEST_KEY}`, { reason: 'NO_BACKUP' });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) break;
    chunks.push(chunk);
  }
  const parsed = Manifest.safeParse(bytes > MAX_BYTES ? null : jsonOf(Buffer.concat(chunks)));
  if (parsed.success) return parsed.data;
  throw new GatewayError('BAD_USER_INPUT', `${MANIFEST_KEY} in ${objects.location} is not the manifest of a backup: ${z.prettifyError(parsed.error)}`, { reason: 'BAD_BACKUP' });
}

function jsonOf(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return null;
  }
}
