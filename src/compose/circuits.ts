import type { DatabaseCondition } from '../storage/database-type';

/** `degraded`: answers are possible without it. `down`: they are not. */
export interface ComponentState {
  readonly state: 'up' | 'degraded' | 'down';
  readonly detail?: string;
}

/**
 * How the process serves when something is away; several may hold at once, none when all is there.
 * - CACHE_ONLY: PostgreSQL does not answer. What was read before may be read again, with its age; all else is UNAVAILABLE.
 * - READ_ONLY: PostgreSQL takes no writes (a standby, a full disk). Reads are whole; what writes is UNAVAILABLE.
 * - ESSENTIAL_ONLY: the broker or every chat model is away. What a caller waits for is served; accepted jobs wait.
 * - REDUCED_PRECISION: the embedder is away. Words alone decide what is found.
 */
export const MODES = ['CACHE_ONLY', 'READ_ONLY', 'ESSENTIAL_ONLY', 'REDUCED_PRECISION'] as const;
export type Mode = (typeof MODES)[number];

export type Part = 'database' | 'redis' | 'queue' | 'model' | 'embedder';

export interface Circuit {
  readonly part: Part;
  /** Of several of a part: which. */
  readonly name: string;
  /** True from repeated failures until a try succeeds. */
  isOpen(): boolean;
}

export interface Circuits {
  add(circuit: Circuit): void;
  all(): readonly Circuit[];
  modes(): readonly Mode[];
  /** Of the models and the embedder, for `/readyz`. */
  components(): Readonly<Record<string, ComponentState>>;
}

/** Every breaker of this process in one place, and what their state comes to. */
export function createCircuits(condition: () => DatabaseCondition): Circuits {
  const circuits: Circuit[] = [{ part: 'database', name: 'database', isOpen: () => condition() === 'away' }];
  const of = (part: Part): Circuit[] => circuits.filter((circuit) => circuit.part === part);
  /** Of several models one is enough. */
  const isAway = (part: Part): boolean => of(part).length > 0 && of(part).every(({ isOpen }) => isOpen());
  const holds: Readonly<Record<Mode, () => boolean>> = {
    CACHE_ONLY: () => isAway('database'),
    READ_ONLY: () => condition() === 'read-only',
    ESSENTIAL_ONLY: () => isAway('queue') || isAway('model'),
    REDUCED_PRECISION: () => isAway('embedder'),
  };
  return {
    add: (circuit) => void circuits.push(circuit),
    all: () => circuits,
    modes: () => MODES.filter((mode) => holds[mode]()),
    components: () => ({
      ...(of('model').length === 0 ? {} : { model: isAway('model') ? { state: 'degraded', detail: 'it failed repeatedly: jobs that need it wait' } : { state: 'up' } }),
      ...(of('embedder').length === 0 ? {} : { embedder: isAway('embedder') ? { state: 'degraded', detail: 'it failed repeatedly: words alone decide what is found' } : { state: 'up' } }),
    }),
  };
}
