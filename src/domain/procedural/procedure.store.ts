import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';
import type { PageBefore, PageRequest } from '../../kernel/page';
import type { Scope } from '../../kernel/scope';
import type { Procedure, ProcedureAction, ProcedureContent, ProcedureFilter, ProcedureRevision, ProcedureUse, Workflow } from './procedure';

export type ProcedureDraft = ProcedureContent & {
  readonly id: string;
  readonly scope: Scope;
  readonly metadata: JsonObject;
  readonly candidateId: string | null;
};

export type ProcedureState = ProcedureContent & { readonly revision: number; readonly metadata: JsonObject };

export interface RevisionDraft {
  readonly action: ProcedureAction;
  readonly reason: string | null;
}

/** Those outside the actor's limits do not exist here. What is removed is gone at once, with its vectors, revisions and uses. */
export interface ProcedureStore {
  /** In the order of `ids`, null where there is none. */
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Procedure | null)[]>;
  /** Newest first; `after` is the id of the last one already seen. */
  list(actor: Actor, filter: ProcedureFilter, position: PageRequest): Promise<Procedure[]>;
  /** Newest first, one list per procedure; `before` is the last revision number already seen. */
  revisionsOfMany(actor: Actor, ids: readonly string[], position: PageBefore<number>): Promise<ProcedureRevision[][]>;
  /** Locks the row until the transaction ends. */
  lock(actor: Actor, id: string): Promise<Procedure | null>;
  /** Writes it with its first revision. */
  insert(actor: Actor, draft: ProcedureDraft, revision: RevisionDraft): Promise<void>;
  /** Writes the locked row's next state and the revision that says so. */
  save(actor: Actor, id: string, state: ProcedureState, revision: RevisionDraft): Promise<void>;
  /** Leaves only a hash per step (`signature`), by which it is not learnt again. */
  remove(actor: Actor, id: string, signature: readonly string[]): Promise<void>;
  /** Counts a use, once per id: uses and successes change together. @returns false, and changes nothing, when the id was told before */
  addUse(actor: Actor, use: Omit<ProcedureUse, 'principalId' | 'createdAt'>): Promise<boolean>;
  getUses(actor: Actor, ids: readonly string[]): Promise<readonly (ProcedureUse | null)[]>;
  /** Newest first, one list per procedure; `before` is the id of the last use already seen. */
  usesOfMany(actor: Actor, procedureIds: readonly string[], position: PageBefore<string>): Promise<ProcedureUse[][]>;
  /** Workflows that a session used, each once, by id; one list per session. */
  workflowsOfSessions(actor: Actor, sessionIds: readonly string[], position: PageRequest): Promise<Workflow[][]>;
}
