import type { Actor } from '../../kernel/actor';
import type { PageRequest } from '../../kernel/page';
import type { JobName } from '../../jobs/jobs';
import type { Job, JobState, QueueDepth } from './job';

export interface JobFilter {
  readonly name?: JobName;
  readonly state?: JobState;
}

/** The tenant's jobs, whatever pools they are about. */
export interface JobStore {
  /** Newest first; `after` is the last id already seen. */
  list(actor: Actor, filter: JobFilter, position: PageRequest): Promise<Job[]>;
  get(actor: Actor, id: string): Promise<Job | null>;
  /** By name; names without a job are left out. */
  depths(actor: Actor): Promise<QueueDepth[]>;
  /** Dead jobs of a name, those that died first. */
  deadOf(actor: Actor, name: JobName, limit: number): Promise<Job[]>;
  /** A dead job is due at once, with all its attempts. False when it is not dead. */
  revive(actor: Actor, id: string): Promise<boolean>;
  /** Takes a job away, also from who runs it. False when there is none. */
  remove(actor: Actor, id: string): Promise<boolean>;
  /** Takes all jobs of a generation away, also from who runs them. */
  revokeOf(actor: Actor, generationId: string): Promise<void>;
}
