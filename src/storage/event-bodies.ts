import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { ObjectGone, type ArchivedEvent, type BodyReference, type EventBodies, type EventBody, type StoredBody } from '../domain/session/event-body';
import { GatewayError, unavailable } from '../kernel/errors';
import type { Cache } from '../platform/cache/cache.port';
import type { ObjectStore } from '../platform/objects/objects.port';
import { MAX_TEXT } from './event-text.sql';
import { objectName } from './object-ledger';

const inflate = promisify(gunzip);
const deflate = promisify(gzip);

/** Far above what is ever written: an event has at most half a megabyte, an archive's part a few. */
export const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
const AT_ONCE = 8;
const CACHE_MS = 60_000;

export interface PackedObject {
  readonly key: string;
  readonly bytes: Buffer;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const toPayload = ({ content, actions }: EventBody): string => JSON.stringify({ content, actions });

export function packPayload(payload: string): PackedObject {
  const bytes = Buffer.from(payload);
  return { key: `payload/${sha256(bytes)}`, bytes };
}

/** One line an event, its number first, so that one can be found without reading the others. */
export async function packSegment(sessionId: string, events: readonly ArchivedEvent[]): Promise<PackedObject> {
  const lines = events.map(({ seq, ...event }) => `${JSON.stringify({ seq, ...event, ...ownText(event) })}\n`);
  const bytes = await deflate(lines.join(''));
  return { key: `archive/${sessionId}/${events[0]?.seq ?? 0}-${events.at(-1)?.seq ?? 0}.${sha256(bytes)}.jsonl.gz`, bytes };
}

/** Only what reading would not find out by itself. */
const ownText = ({ text, content }: Pick<ArchivedEvent, 'text' | 'content'>): { text?: string | undefined } => ({ text: text === textOf(content) ? undefined : text });

/** The same as `EVENT_TEXT` for what was said. */
function textOf(content: EventBody['content']): string {
  const said = content.flatMap((part) => (part.type === 'text' && part.fromRecall !== true ? [part.text] : [])).join('\n');
  return said.length <= MAX_TEXT ? said : Array.from(said.slice(0, 2 * MAX_TEXT)).slice(0, MAX_TEXT).join('');
}

/** The key holds the sum: what was changed behind our back is told, not read. @throws ObjectGone for null, GatewayError (OBJECT_DAMAGED) */
export function requireSum(key: string, bytes: Buffer | null): Buffer {
  if (bytes === null) throw new ObjectGone(key);
  if (key.includes(sha256(bytes))) return bytes;
  throw new GatewayError('INTERNAL_SERVER_ERROR', `the object ${key} is not what was stored`, { reason: 'OBJECT_DAMAGED' });
}

const unpack = async (key: string, bytes: Buffer): Promise<string> =>
  (key.endsWith('.gz') ? await inflate(bytes, { maxOutputLength: MAX_OBJECT_BYTES }) : bytes).toString('utf8');

/** The text of an object. @throws as `requireSum` */
export const readText = async (objects: ObjectStore, name: string, key: string): Promise<string> => unpack(key, requireSum(key, await readWhole(objects, name)));

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

export async function readWhole(objects: ObjectStore, name: string): Promise<Buffer | null> {
  const body = await objects.get(name);
  if (body === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const stored = ({ content, actions, text }: EventBody & { text?: string }): StoredBody => ({ content, actions, text: text ?? textOf(content) });

const SEQ = /^\{"seq":(\d+)/;

/** The bodies that are asked for, by number. A payload is one body, whatever the number. */
export function bodiesIn(key: string, text: string, wanted: ReadonlySet<number>): ReadonlyMap<number, StoredBody> {
  if (!key.startsWith('archive/')) {
    const body = stored(JSON.parse(text) as EventBody);
    return new Map([...wanted].map((seq) => [seq, body]));
  }
  return new Map(text.split('\n').flatMap((line): (readonly [number, StoredBody])[] => {
    const seq = Number(SEQ.exec(line)?.[1] ?? -1);
    return wanted.has(seq) ? [[seq, stored(JSON.parse(line) as ArchivedEvent)]] : [];
  }));
}

/** `cache` keeps texts of objects for a minute: pages of one archive fetch it once. */
export function createEventBodies(objects: ObjectStore, cache: Cache): EventBodies {
  const fetching = new Map<string, Promise<string>>();

  const fetchText = async (name: string, key: string): Promise<string> => {
    const kept = await cache.get(name);
    if (kept !== null) return kept;
    const text = await readText(objects, name, key);
    await cache.set(name, text, CACHE_MS);
    return text;
  };
  /** Whoever asks for the same meanwhile shares the answer. */
  const textOfObject = (tenantId: string, key: string): Promise<string> => {
    const name = objectName(tenantId, key);
    const under = fetching.get(name) ?? fetchText(name, key).finally(() => { fetching.delete(name); });
    fetching.set(name, under);
    return under;
  };

  return {
    async load(tenantId, references) {
      const wanted = new Map<string, Set<number>>();
      for (const { key, seq } of references) if (key !== null) wanted.set(key, (wanted.get(key) ?? new Set()).add(seq));
      const keys = [...wanted.keys()];
      const found = new Map<string, ReadonlyMap<number, StoredBody>>();
      const work = async (): Promise<void> => {
        for (let key = keys.pop(); key !== undefined; key = keys.pop()) found.set(key, bodiesIn(key, await textOfObject(tenantId, key), wanted.get(key) ?? new Set()));
      };
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, keys.length) }, work));
      return references.map(({ key, seq }) => (key === null ? null : requireBody(key, found.get(key)?.get(seq))));
    },
  };
}

function requireBody(key: string, body: StoredBody | undefined): StoredBody {
  if (body === undefined) throw new GatewayError('INTERNAL_SERVER_ERROR', `the object ${key} lacks an event`, { reason: 'OBJECT_DAMAGED' });
  return body;
}

/** Without an object store rows that hold their own bodies are read, others are refused. */
export const noBodies: EventBodies = {
  async load(_, references: readonly BodyReference[]) {
    if (references.some(({ key }) => key !== null)) throw unavailable('this event is in an object store, and none is configured (CONTEXTIQ_OBJECTS_URL)', 'OBJECTS_UNAVAILABLE');
    return references.map(() => null);
  },
};

/** A session that is deleted between its row and its object is read again, and is then not there. What is missing twice is lost. */
export async function twiceWhenGone<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ObjectGone)) throw error;
    return run();
  }
}
