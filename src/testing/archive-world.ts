import { openObjects } from '../compose/objects';
import { createArchiveService } from '../domain/session/archive.service';
import { createAppendQueue } from '../domain/session/append-queue';
import type { NewEvent } from '../domain/session/event';
import { createEventService } from '../domain/session/event.service';
import { createLargeAppend } from '../domain/session/large-append';
import { createSessionService } from '../domain/session/session.service';
import type { Actor } from '../kernel/actor';
import { systemClock } from '../kernel/clock';
import { unavailable } from '../kernel/errors';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createLruCache } from '../platform/cache/lru.cache';
import type { ObjectStore } from '../platform/objects/objects.port';
import { createArchiveStore } from '../storage/archive.store';
import type { Database } from '../storage/database';
import { createEventBodies } from '../storage/event-bodies';
import { sweepObjects } from '../storage/object-ledger';
import { createPayloadStore } from '../storage/payload.store';
import { planned, type Sql } from '../storage/sql';
import { createStores, createTransact } from '../storage/stores';
import { newTestObjects } from './objects';
import { retrievalOver } from './retrieval';

export const INLINE_BYTES = 2000;
export const DAYS = 30;

export const say = (text: string): NewEvent => ({ author: 'USER', content: [{ type: 'text', text }] });
/** A text too long for a row. */
export const long = (word: string): string => `${word} ${'and so on '.repeat(INLINE_BYTES / 5)}`;

/** An object store that can be away, or do something before it answers. */
function fallible(objects: ObjectStore) {
  let before: (operation: string, key: string) => Promise<void> = () => Promise.resolve();
  const store: ObjectStore = {
    location: objects.location,
    put: async (key, body, maxBytes) => { await before('put', key); return objects.put(key, body, maxBytes); },
    get: async (key, expected) => { await before('get', key); return objects.get(key, expected); },
    list: (prefix, page) => objects.list(prefix, page),
    delete: async (key) => { await before('delete', key); return objects.delete(key); },
  };
  return {
    store,
    before: (next: typeof before) => { before = next; },
    away: () => { before = () => Promise.reject(unavailable('the object store does not answer', 'OBJECTS_UNAVAILABLE')); },
    heal: () => { before = () => Promise.resolve(); },
  };
}

/** A store of objects for a test file, with the database that refers to it. */
export async function openArchiveWorld(database: Database) {
  const { config, drop } = await newTestObjects();
  const opened = await openObjects(config);
  const faults = fallible(opened.objects);
  const run = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> => database.query<Row>(planned('test', text), values);

  /** One process: its own cache, its own place in the line for leases. `sql` may be one that dies. */
  const processOver = (sql: Sql = database) => {
    const bus = createInProcessBus();
    const bodies = createEventBodies(faults.store, createLruCache({ maxBytes: 1_000_000 }));
    const stores = createStores(sql, bus, bodies);
    const append = createLargeAppend(createAppendQueue(stores.events), createPayloadStore(sql, faults.store, INLINE_BYTES), stores.events);
    return {
      ...retrievalOver(database, undefined, bodies),
      stores,
      sessions: createSessionService({ sessions: stores.sessions, transact: createTransact(sql, bus), clock: systemClock }),
      events: createEventService({ events: stores.events, append, clock: systemClock }),
      archive: createArchiveService({ archives: createArchiveStore(sql, faults.store), leases: stores.leases }),
    };
  };

  return {
    run, faults, processOver,
    /** What the store holds of the tenant. */
    keys: async (actor: Actor) => (await opened.objects.list(`tenant/${actor.tenantId}/`, { after: null, limit: 1000 })).map(({ key }) => key),
    /** How many events of a session have their bodies in their rows. */
    inRows: async (sessionId: string) => Number((await run<{ n: string }>('select count(*) as n from events where session_id = $1 and body is null', [sessionId]))[0]?.n),
    objects: opened.objects,
    async age(sessionId: string) {
      await run(`update sessions set updated_at = now() - interval '${DAYS} days' - interval '1 minute' where id = $1`, [sessionId]);
    },
    sweep: async () => { while ((await sweepObjects(database, faults.store, 100)) > 0); },
    /** As if the hour of grace were over. */
    async outwait(actor: Actor) {
      await run(`update objects set due_at = now() where tenant_id = $1 and due_at < 'infinity'`, [actor.tenantId]);
    },
    async close() {
      opened.close();
      await drop();
    },
  };
}
