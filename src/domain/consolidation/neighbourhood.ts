import type { Actor } from '../../kernel/actor';
import type { Memory } from '../memory/memory';
import type { Statement } from '../memory/fingerprint';
import type { MemoryStore, Pool } from '../memory/memory.store';
import type { Lexicon } from '../search/lexicon';

/** What a pool knows near a statement. */
export interface Neighbourhood {
  /**
   * Lets `of` know which words are common by now: a pool that grows by generations alone is never searched, and only a search
   * counts its words otherwise. One statement while the count is right; call it once for some candidates.
   */
  prepare(actor: Actor): Promise<void>;
  /** Active memories that may say the same or the opposite, likeliest first, at most 10. */
  of(actor: Actor, pool: Pool, statement: Statement): Promise<Memory[]>;
}

const NEIGHBOURS = 10;

export const createNeighbourhood = ({ memories, lexicon }: { memories: Pick<MemoryStore, 'neighbours'>; lexicon: Pick<Lexicon, 'freshen'> }): Neighbourhood => ({
  prepare: (actor) => lexicon.freshen(actor, 'memories'),
  of: (actor, pool, statement) => memories.neighbours(actor, pool, statement, NEIGHBOURS),
});
