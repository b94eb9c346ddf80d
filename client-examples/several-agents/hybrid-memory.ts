import type { ContextIQ } from '../typescript-client';
import { learnTogether } from './memory-team';

/** A pool for each agent and one for the team: one recall looks into both and says where each memory stands. */
export const hybridMemory = (client: ContextIQ, team: string) =>
  learnTogether(client, (agent) => {
    const [own, common] = [{ team, agent }, { team }];
    return { own, common, read: [own, common] };
  });
