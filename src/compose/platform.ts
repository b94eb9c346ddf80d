import type { KeptSession } from '../domain/session/kept-sessions';
import type { KeptTurns } from '../domain/session/sensory-buffer';
import type { Clock } from '../kernel/clock';
import type { Logger } from '../kernel/logger-type';
import type { Metrics } from '../kernel/metrics-type';
import type { RemoteAgents } from '../platform/a2a/remote-agents.port';
import type { Bus } from '../platform/bus/bus.port';
import type { CheckedCache } from '../platform/cache/checked-cache.port';
import type { ObjectCache } from '../platform/cache/object-cache.port';
import type { Embedder } from '../platform/embedding/embedding.port';
import type { ChatModel } from '../platform/llm/llm.port';
import type { ObjectStore } from '../platform/objects/objects.port';
import type { JobQueue } from '../platform/queue/queue.port';
import type { RateLimiter } from '../platform/rate-limit/rate-limit.port';
import type { Exposition } from '../platform/telemetry/prometheus';
import type { Tokenizer } from '../platform/tokenizer/tokenizer.port';
import type { Database } from '../storage/database';
import type { ComponentState, Mode } from './circuits';

/** Every capability with the adapter that its configuration asks for. */
export interface Platform {
  readonly database: Database;
  readonly bus: Bus;
  /** Bodies that are not in rows; null where no store is one for every process of the database. */
  readonly objects: ObjectStore | null;
  readonly queue: JobQueue;
  readonly embedder: Embedder;
  /** Null: the offline rules extract and consolidate. */
  readonly chat: ChatModel | null;
  /** Null: neither answers nor sessions are kept. */
  readonly caches: {
    /** One per kind of answer. */
    answers(kind: 'recall' | 'context'): CheckedCache;
    readonly sessions: ObjectCache<KeptSession>;
    readonly turns: ObjectCache<KeptTurns>;
    /** Forgets all that this process keeps. */
    clear(): void;
  } | null;
  readonly rateLimiter: RateLimiter;
  /** Agents on other servers, where any may be called. */
  readonly remoteAgents: RemoteAgents;
  /** State of the components beside the database, by name. */
  components(): Readonly<Record<string, ComponentState>>;
  /** How this process serves while something is away. */
  modes(): readonly Mode[];
  readonly tokenizer: Tokenizer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What a scraper reads; null when nothing is measured. */
  readonly expose: (() => Promise<Exposition>) | null;
}
