import { mayTouch, type Actor } from '../../kernel/actor';
import type { Scope } from '../../kernel/scope';
import { adminOf } from '../actors';
import type { Random } from './random';

/** Names that begin like each other, and pairs that swap key and value. */
export const TENANTS = ['acme', 'acme2', 'acme-', 'acm'] as const;
export const SCOPES: readonly Scope[] = [
  { user_id: 'ann' }, { user_id: 'an' }, { user_id: 'ann2' }, { user_id: 'ANN' }, { user_id: 'ann', project: 'x' }, { user_id: 'ann', project: 'xx' },
  { project: 'x' }, { user_id: 'x', project: 'ann' }, { user: 'id_ann' },
];
const LIMITS: readonly (readonly Scope[])[] = [[], [{ user_id: 'ann' }], [{ user_id: 'an' }], [{ user_id: 'ann', project: 'x' }], [{ project: 'x' }, { user_id: 'ann2' }]];

export const ACTORS: readonly Actor[] = TENANTS.flatMap((tenant) => LIMITS.map((limits) => adminOf(tenant, limits)));

/** Something that one tenant wrote into one pool, known by the words that only it holds. */
export interface Item {
  readonly kind: 'memory' | 'session';
  readonly id: string;
  readonly tenantId: string;
  readonly scope: Scope;
  state: 'alive' | 'deleted' | 'expired';
}

const TOKEN = /tok\d+x/g;

/** What exists, as the promises say: whoever reads anything may find only the words of what they may see. */
export class World {
  readonly items: Item[] = [];
  private readonly owners: Item[] = [];

  /** A word that stands for the item wherever it turns up. */
  tokenOf(item: Item): string {
    this.owners.push(item);
    return `tok${this.owners.length - 1}x`;
  }

  maySee(actor: Actor, item: Item): boolean {
    return item.state === 'alive' && item.tenantId === actor.tenantId && mayTouch(actor, item.scope);
  }

  /** Words in an answer that its reader must not see, with where they come from. */
  leaksIn(actor: Actor, answer: unknown): string[] {
    const words = new Set(JSON.stringify(answer ?? null).match(TOKEN) ?? []);
    return [...words].flatMap((word) => {
      const item = this.owners[Number(word.slice(3, -1))];
      return item !== undefined && this.maySee(actor, item) ? [] : [`${word} of ${JSON.stringify(item)}`];
    });
  }

  wordOf(random: Random): string {
    return this.owners.length === 0 ? 'nothing' : `tok${random.int(this.owners.length)}x`;
  }

  pick(random: Random, kind: Item['kind'], fits: (item: Item) => boolean = () => true): Item | undefined {
    const all = this.items.filter((item) => item.kind === kind && fits(item));
    return all[random.int(Math.max(1, all.length))];
  }
}
