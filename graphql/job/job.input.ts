import { requireJobName, type JobName, type JobState } from '../../src/domain/job/job';
import type { JobFilter } from '../../src/domain/job/job.store';

/** @throws GatewayError BAD_USER_INPUT for a name that no job has */
export const nameOf = (name: string): JobName => requireJobName(name, 'name');

export const toFilter = (name?: string | null, state?: JobState | null): JobFilter => ({
  ...(name === null || name === undefined ? {} : { name: nameOf(name) }),
  ...(state === null || state === undefined ? {} : { state }),
});
