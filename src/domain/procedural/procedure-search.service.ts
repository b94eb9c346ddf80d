import { requireRole, requireScope, type Actor } from '../../kernel/actor';
import { badInput } from '../../kernel/errors';
import { pageLimit } from '../../kernel/page';
import type { ScopeMatch, Scope } from '../../kernel/scope';
import { DEFAULT_TOP_K, MAX_TOP_K, requireQuery } from '../search/recall-input';
import { PROCEDURE_KINDS, type ProcedureKind } from './procedure';
import type { FoundProcedures, ProcedureSearch } from './procedure-search';

export interface ProcedureQuestion {
  readonly scope: Scope;
  readonly match: ScopeMatch;
  /** 1 to 2,000 characters. Without a content word in it the newest come first. */
  readonly query: string;
  /** All unless given. */
  readonly kinds: readonly ProcedureKind[] | null;
  /** 1 to 100, default 10. */
  readonly first: number | null;
}

export interface ProcedureSearchService {
  /** By words and meaning over all kinds at once. @throws GatewayError BAD_USER_INPUT, FORBIDDEN */
  search(actor: Actor, question: ProcedureQuestion): Promise<FoundProcedures>;
}

export function createProcedureSearchService(procedures: ProcedureSearch): ProcedureSearchService {
  return {
    async search(actor, { scope, match, query, kinds, first }) {
      requireRole(actor, 'reader');
      if (match === 'EXACT') requireScope(actor, scope);
      if (kinds?.length === 0) throw badInput('kinds', 'there is at least one kind');
      const limit = pageLimit(first, 'first', MAX_TOP_K, DEFAULT_TOP_K);
      return procedures.find(actor, { scopes: [{ scope, match }], kinds: kinds ?? PROCEDURE_KINDS }, requireQuery(query, 'query'), limit);
    },
  };
}
