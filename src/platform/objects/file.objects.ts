import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { unavailable } from '../../kernel/errors';
import { measured, verified } from './checked-body';
import { requireKey, requirePrefix } from './object-key';
import type { ObjectEntry, ObjectStore } from './objects.port';

/** Bodies on their way; no key begins with a dot. */
const UNFINISHED = '.unfinished';
/** What a process that died left behind; nobody writes one body for a day. */
const ABANDONED_MS = 24 * 3_600_000;

/** Objects as files below a folder, which is made when it is missing. A body becomes visible by its rename, after fsync of all of it. */
export async function openFileObjects(directory: string): Promise<ObjectStore> {
  const root = resolve(directory);
  const unfinished = join(root, UNFINISHED);
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await removeAbandoned(unfinished);
  const pathOf = (key: string): string => join(root, ...requireKey(key).split('/'));

  return {
    location: root,

    async put(key, body, maxBytes) {
      const path = pathOf(key);
      const draft = join(unfinished, randomUUID());
      const { body: passed, stored } = measured(body, key, maxBytes);
      try {
        const file = await open(draft, 'wx', 0o600);
        try {
          for await (const chunk of passed) await file.writeFile(chunk);
          await file.sync();
        } finally {
          await file.close();
        }
        const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await rename(draft, path);
        // The names too: of the file, and of each folder that is new.
        for (let folder = dirname(path); ; folder = dirname(folder)) {
          await syncFolder(folder);
          if (made === undefined || folder === root || folder === dirname(made)) break;
        }
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      return stored();
    },

    async get(key, expected) {
      const path = pathOf(key);
      // Opened here, so that a body which is replaced or deleted meanwhile is read to its end.
      const file = await open(path, 'r').catch(nothing);
      if (file === null) {
        await requireFolder(unfinished);
        return null;
      }
      const body = createReadStream(path, { fd: file });
      return expected === undefined ? body : verified(body, key, expected);
    },

    async list(prefix, { after, limit }) {
      requirePrefix(prefix);
      const found: ObjectEntry[] = [];
      for await (const key of keysBelow(root, '', prefix)) {
        if (after !== null && key <= after) continue;
        const info = await stat(pathOf(key)).catch(nothing);
        if (info !== null) found.push({ key, bytes: info.size });
        if (found.length >= limit) break;
      }
      if (found.length === 0) await requireFolder(unfinished);
      return found;
    },

    async delete(key) {
      const path = pathOf(key);
      await rm(path, { force: true });
      await syncFolder(dirname(path)).catch(nothing);
    },
  };
}

/** In the order of the keys' bytes: a folder counts as its name with the slash. */
async function* keysBelow(root: string, folder: string, prefix: string): AsyncGenerator<string, void> {
  const entries = (await readdir(join(root, folder), { withFileTypes: true }).catch(nothing)) ?? [];
  const names = entries.filter((entry) => !entry.name.startsWith('.')).map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`);
  for (const name of names.sort((a, b) => (a < b ? -1 : 1))) {
    if (!name.startsWith(prefix) && !prefix.startsWith(name)) continue;
    if (name.endsWith('/')) yield* keysBelow(root, name, prefix);
    else if (name.startsWith(prefix)) yield name;
  }
}

/** A disk that was taken away would pass for one that is empty. */
async function requireFolder(path: string): Promise<void> {
  if ((await stat(path).catch(nothing)) === null) throw unavailable(`${path} is not there any more`, 'OBJECTS_UNUSABLE');
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function removeAbandoned(unfinished: string): Promise<void> {
  for (const name of await readdir(unfinished)) {
    const path = join(unfinished, name);
    const info = await stat(path).catch(nothing);
    if (info !== null && Date.now() - info.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  }
}

function nothing(error: unknown): null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
