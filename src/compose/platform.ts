import type { Clock } from '../kernel/clock';
import type { Logger } from '../kernel/logger-type';
import type { Metrics } from '../kernel/metrics-type';
import type { Bus } from '../platform/bus/bus.port';
import type { Embedder } from '../platform/embedding/embedding.port';
import type { ChatModel } from '../platform/llm/llm.port';
import type { JobQueue } from '../platform/queue/queue.port';
import type { RateLimiter } from '../platform/rate-limit/rate-limit.port';
import type { Exposition } from '../platform/telemetry/prometheus';
import type { Tokenizer } from '../platform/tokenizer/tokenizer.port';
import type { Database } from '../storage/database';

/** `degraded`: answers are possible without it. `down`: they are not. */
export interface ComponentState {
  readonly state: 'up' | 'degraded' | 'down';
  readonly detail?: string;
}

/** Every capability with the adapter that its configuration asks for. */
export interface Platform {
  readonly database: Database;
  readonly bus: Bus;
  readonly queue: JobQueue;
  readonly embedder: Embedder;
  /** Null: the offline rules extract and consolidate. */
  readonly chat: ChatModel | null;
  readonly rateLimiter: RateLimiter;
  /** State of the components beside the database, by name. */
  components(): Readonly<Record<string, ComponentState>>;
  readonly tokenizer: Tokenizer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What a scraper reads; null when nothing is measured. */
  readonly expose: (() => Promise<Exposition>) | null;
}
