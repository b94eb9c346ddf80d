import type { Actor } from '../../kernel/actor';
import type { PageRequest } from '../../kernel/page';
import type { Agent, AgentFilter, NewAgent } from './agent';

/** An agent ready to be written: every default resolved. */
export type AgentDraft = Required<Omit<NewAgent, 'url'>> & Pick<Agent, 'url'>;

export interface AgentStore {
  /** In the order of `ids`, null where there is none. */
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Agent | null)[]>;
  /** By id; `after` is the id of the last one already seen. */
  list(actor: Actor, filter: AgentFilter, position: PageRequest): Promise<Agent[]>;
  /** Makes it in the actor's name. @returns false, and changes nothing, when the id is taken */
  insert(actor: Actor, draft: AgentDraft): Promise<boolean>;
  /** Locks the row until the transaction ends. */
  lock(actor: Actor, id: string): Promise<Agent | null>;
  /** Writes the locked agent's card, in the actor's name. */
  update(actor: Actor, draft: AgentDraft): Promise<void>;
  remove(actor: Actor, id: string): Promise<void>;
  count(actor: Actor): Promise<number>;
  /** It was heard of now, unless it is on another server; the acknowledged position of its inbox only grows. */
  beat(actor: Actor, id: string, acknowledged: number): Promise<void>;
}
