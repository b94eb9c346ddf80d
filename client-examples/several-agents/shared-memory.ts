import type { ContextIQ } from '../typescript-client';
import { learnTogether } from './memory-team';

/** One pool for the team: what one agent learns, all know. */
export const sharedMemory = (client: ContextIQ, team: string) => {
  const pool = { team };
  return learnTogether(client, () => ({ own: pool, common: pool, read: [pool] }));
};
