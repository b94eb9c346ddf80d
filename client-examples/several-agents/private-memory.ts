import type { ContextIQ } from '../typescript-client';
import { learnTogether } from './memory-team';

/** A pool for each agent: nobody knows what another one learnt. With a key limited to its scope, the gateway refuses it the others'. */
export const privateMemory = (client: ContextIQ, team: string) =>
  learnTogether(client, (agent) => {
    const pool = { team, agent };
    return { own: pool, common: pool, read: [pool] };
  });
