import { requireRole, type Actor } from '../../kernel/actor';
import { badInput } from '../../kernel/errors';
import { toPage, type Page, type PageRequest } from '../../kernel/page';
import type { Session } from './session';
import { MAX_TREE_DEPTH, type TreeEvent } from './tree';
import type { TreeStore } from './tree.store';

export interface TreeService {
  /** @throws GatewayError BAD_USER_INPUT unless `depth` is a whole number from 1 to `MAX_TREE_DEPTH` */
  childrenOfMany(actor: Actor, sessionIds: readonly string[], bounds: { readonly depth: number; readonly limit: number }): Promise<readonly (readonly Session[])[]>;
  treesOfMany(actor: Actor, sessionIds: readonly string[], bounds: { readonly limit: number }): Promise<readonly (readonly Session[])[]>;
  /** Everything that was committed before the call. */
  eventsOfMany(actor: Actor, sessionIds: readonly string[], position: PageRequest<number>): Promise<readonly Page<TreeEvent>[]>;
}

export function createTreeService({ trees }: { readonly trees: TreeStore }): TreeService {
  return {
    async childrenOfMany(actor, sessionIds, bounds) {
      requireRole(actor, 'reader');
      const { depth } = bounds;
      if (!Number.isInteger(depth) || depth < 1 || depth > MAX_TREE_DEPTH) throw badInput('depth', `depth is a whole number from 1 to ${MAX_TREE_DEPTH}`);
      return trees.children(actor, sessionIds, bounds);
    },

    async treesOfMany(actor, sessionIds, { limit }) {
      requireRole(actor, 'reader');
      return trees.trees(actor, sessionIds, limit);
    },

    async eventsOfMany(actor, sessionIds, { after, limit }) {
      requireRole(actor, 'reader');
      await trees.settle(actor, sessionIds);
      const events = await trees.events(actor, sessionIds, { after, limit: limit + 1 });
      return events.map((rows) => toPage(rows, limit));
    },
  };
}
