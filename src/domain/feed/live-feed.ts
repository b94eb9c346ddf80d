import { GatewayError } from '../../kernel/errors';
import type { Bus } from '../../platform/bus/bus.port';

/** An item and where it stands; cursors grow along the feed. */
export interface Positioned<T> {
  readonly position: number;
  readonly item: T;
}

export interface FeedSource<T> {
  /** The bus topic notified after new items were committed. */
  readonly topic: string;
  /** Committed items after `position`, in order, at most `limit`. */
  read(position: number, limit: number): Promise<readonly Positioned<T>[]>;
  /** Position of the newest item. */
  head(): Promise<number>;
}

export interface LiveFeeds {
  /**
   * Items after `after`, then new ones for ever; without `after`, from the newest on. No gap and no duplicate: a subscriber
   * is a position, and everything it is given is read in order from there. It holds no queue of its own, so a slow one
   * costs nothing and simply reads further behind. Ends when `signal` aborts; its `return` ends it too.
   * `key` names what is read and on whose authority: subscribers with one key share one reader.
   */
  subscribe<T>(key: string, source: FeedSource<T>, after: number | null, signal: AbortSignal): Promise<AsyncIterableIterator<Positioned<T>>>;
  /** Topics read at the moment. */
  readonly size: number;
}

const PAGE = 200;
const TAIL = 1000;
const RETRY_MS = 500;

/** One reader of one topic in this process: it reads each new item once and keeps the newest for every subscriber. */
class TopicReader<T> {
  private tail: Positioned<T>[] = [];
  /** Everything in (tailStart, position] stands in `tail`. */
  private tailStart: number;
  private readonly waiters = new Set<() => void>();
  private reading: Promise<void> | null = null;
  private dirty = false;
  private failure: unknown = null;
  subscribers = 0;

  constructor(private readonly source: FeedSource<T>, public position: number) {
    this.tailStart = position;
  }

  /** Reads what is new, once for all; notices that come meanwhile lead to one more read. */
  advance = (): void => {
    this.dirty = true;
    this.reading ??= this.readAll().finally(() => { this.reading = null; });
  };

  private async readAll(): Promise<void> {
    try {
      while (this.dirty) {
        this.dirty = false;
        const items = await this.source.read(this.position, PAGE);
        if (items.length === 0) continue;
        this.tail.push(...items);
        this.position = items.at(-1)?.position ?? this.position;
        if (this.tail.length > TAIL) {
          const cut = this.tail.splice(0, this.tail.length - TAIL);
          this.tailStart = cut.at(-1)?.position ?? this.tailStart;
        }
        this.dirty ||= items.length === PAGE;
        this.wake();
      }
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'UNAVAILABLE') {
        // The database is busy or away for now: nobody missed anything, and the next look may be answered.
        setTimeout(this.advance, RETRY_MS).unref();
        return;
      }
      // Subscribers end with the error and resume by cursor; what was kept may be what was just deleted.
      this.tail = [];
      this.tailStart = this.position;
      this.failure = error;
      this.wake();
      this.failure = null;
    }
  }

  /** Items after `position`, from memory when they are there, else a page from the source; and how far that looked. */
  async after(position: number): Promise<{ readonly items: readonly Positioned<T>[]; readonly reached: number }> {
    const reached = this.position;
    if (position >= reached) return { items: [], reached: position };
    if (position >= this.tailStart) return { items: this.tail.filter((item) => item.position > position).slice(0, PAGE), reached };
    // Nothing there means that it was swept: what follows stands beyond what this reader had read.
    return { items: await this.source.read(position, PAGE), reached };
  }

  /** Resolves when there may be something after `position`, or at the abort; rejects when the source fails. */
  wait(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      // What came between the look and this wait would wake nobody.
      if (signal.aborted || this.position > position) {
        resolve();
        return;
      }
      const done = (): void => {
        signal.removeEventListener('abort', done);
        this.waiters.delete(done);
        if (this.failure !== null) reject(this.failure instanceof Error ? this.failure : new Error('the feed could not be read'));
        else resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.waiters.add(done);
    });
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}

interface Entry {
  readonly reader: TopicReader<unknown>;
  readonly close: () => void;
}

/** `pollMs`: a notice may be lost, so every reader also looks by itself; seldom where the bus loses none. */
export function createLiveFeeds({ bus, pollMs = bus.lossless ? 30_000 : 2000 }: { bus: Bus; pollMs?: number }): LiveFeeds {
  const entries = new Map<string, Promise<Entry>>();

  const open = async <T>(source: FeedSource<T>): Promise<Entry> => {
    // Listen before asking for the head: an item committed in between is then read, not missed.
    let reader: TopicReader<T> | null = null;
    const unlisten = bus.listen(source.topic, () => reader?.advance());
    try {
      reader = new TopicReader(source, await source.head());
    } catch (error) {
      unlisten();
      throw error;
    }
    const opened = reader;
    opened.advance();
    const poll = setInterval(opened.advance, pollMs);
    return { reader: opened, close: () => { clearInterval(poll); unlisten(); } };
  };

  const acquire = async <T>(key: string, source: FeedSource<T>): Promise<Entry> => {
    let pending = entries.get(key);
    if (pending === undefined) {
      pending = open(source);
      entries.set(key, pending);
      pending.catch(() => entries.delete(key));
    }
    const entry = await pending;
    // The last subscriber may have closed it while we waited.
    if (entries.get(key) !== pending) return acquire(key, source);
    entry.reader.subscribers += 1;
    return entry;
  };

  const release = (key: string, entry: Entry): void => {
    entry.reader.subscribers -= 1;
    if (entry.reader.subscribers > 0) return;
    entries.delete(key);
    entry.close();
  };

  return {
    get size() { return entries.size; },

    async subscribe<T>(key: string, source: FeedSource<T>, after: number | null, signal: AbortSignal) {
      const entry = await acquire(key, source);
      const reader = entry.reader as TopicReader<T>;
      const ended = new AbortController();
      const stop = AbortSignal.any([signal, ended.signal]);
      const end = once(() => { release(key, entry); });
      // A generator that never started, or that waits, runs no `finally`: the signal ends the subscription in any case.
      stop.addEventListener('abort', end, { once: true });
      if (stop.aborted) end();
      const items = follow(reader, after ?? reader.position, stop, end);
      const iterator: AsyncIterableIterator<Positioned<T>> = {
        [Symbol.asyncIterator]: () => iterator,
        next: () => items.next(),
        return: async () => {
          ended.abort();
          return items.return(undefined);
        },
      };
      return iterator;
    },
  };
}

function once(callback: () => void): () => void {
  let done = false;
  return () => {
    if (!done) callback();
    done = true;
  };
}

async function* follow<T>(reader: TopicReader<T>, start: number, signal: AbortSignal, onEnd: () => void): AsyncGenerator<Positioned<T>, undefined> {
  let position = start;
  const left = (): boolean => signal.aborted;
  try {
    while (!left()) {
      const { items, reached } = await reader.after(position);
      if (items.length === 0) {
        position = reached;
        await reader.wait(position, signal);
        continue;
      }
      for (const item of items) {
        if (left()) return undefined;
        yield item;
        position = item.position;
      }
    }
    return undefined;
  } finally {
    onEnd();
  }
}
