export interface ComponentState {
  /** `degraded`: answers are possible without it. `down`: they are not. */
  readonly state: 'up' | 'degraded' | 'down';
  readonly detail?: string;
}

export interface Health {
  /** State of each component by name (`database`, `queue`, `embedder`). Should answer within a second. */
  readiness(): Promise<Readonly<Record<string, ComponentState>>>;
  /** How it serves while something is away; empty while all is there. */
  modes(): readonly string[];
}

export interface Readiness {
  readonly ready: boolean;
  readonly modes: readonly string[];
  readonly components: Readonly<Record<string, ComponentState>>;
}

/** Ready while nothing that is needed is down; a draining process is not, so that load balancers turn away from it. */
export async function readinessOf(health: Health, draining: boolean): Promise<Readiness> {
  const components = await health.readiness();
  const down = Object.values(components).some(({ state }) => state === 'down');
  return { ready: !draining && !down, modes: health.modes(), components: draining ? { ...components, process: { state: 'down', detail: 'shutting down' } } : components };
}
