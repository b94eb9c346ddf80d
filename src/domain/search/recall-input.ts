import { requireScope, type Actor } from '../../kernel/actor';
import { badInput } from '../../kernel/errors';
import { pageLimit } from '../../kernel/page';
import { isStorableText, parseScope } from '../../kernel/scope';
import { DEFAULT_BANK } from '../bank/bank';
import { parseAsOf } from './as-of';
import { parseFilter } from './filters';
import { RECALL_KINDS, type RecallInput, type RecallKind, type RecallScope } from './recall';
import type { Search } from './search.store';

export const MAX_QUERY_LENGTH = 2000;
export const MAX_SCOPES = 10;
export const MAX_TOP_K = 100;
export const DEFAULT_TOP_K = 10;
export const MAX_WAIT_MS = 30_000;
export const DEFAULT_WAIT_MS = 5000;

export interface ParsedRecall extends Search {
  readonly topK: number;
  readonly kinds: readonly RecallKind[];
}

/** @throws GatewayError BAD_USER_INPUT, and FORBIDDEN for an exact scope outside the actor's limits */
export function parseRecall(actor: Actor, input: RecallInput): ParsedRecall {
  return {
    pools: { bankId: requireBankId(input.bankId), scopes: parseScopes(actor, input.scopes) },
    query: requireQuery(input.query),
    topK: pageLimit(input.topK, 'input.topK', MAX_TOP_K, DEFAULT_TOP_K),
    kinds: requireKinds(input.kinds ?? ['MEMORY']),
    filter: input.filter === null || input.filter === undefined ? null : parseFilter(input.filter, 'input.filter'),
    asOf: parseAsOf(input.asOf, 'input.asOf'),
  };
}

/** A subset scope may be wider than the actor's limits: the stores then show only what lies within them. */
export function parseScopes(actor: Actor, scopes: RecallInput['scopes']): RecallScope[] {
  if (scopes.length === 0 || scopes.length > MAX_SCOPES) throw badInput('input.scopes', `there are 1 to ${MAX_SCOPES} scopes`);
  return scopes.map(({ scope, match }, index) => {
    const parsed = { scope: parseScope(scope, `input.scopes.${index}.scope`), match: match ?? 'EXACT' };
    if (parsed.match === 'EXACT') requireScope(actor, parsed.scope, `input.scopes.${index}.scope`);
    return parsed;
  });
}

export function requireBankId(bankId: string | null | undefined, field = 'input.bankId'): string {
  const id = bankId ?? DEFAULT_BANK;
  if (id === '' || id.length > 256 || !isStorableText(id)) throw badInput(field, 'a bank id has 1 to 256 characters');
  return id;
}

export function requireQuery(query: string, field = 'input.query'): string {
  if (query === '' || query.length > MAX_QUERY_LENGTH) throw badInput(field, `a query has 1 to ${MAX_QUERY_LENGTH} characters`);
  if (!isStorableText(query)) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
  return query;
}

export function requireWaitMs(waitMs: number | null | undefined): number {
  const ms = waitMs ?? DEFAULT_WAIT_MS;
  if (!Number.isInteger(ms) || ms < 0 || ms > MAX_WAIT_MS) throw badInput('input.waitMs', `waitMs is a whole number from 0 to ${MAX_WAIT_MS}`);
  return ms;
}

function requireKinds(kinds: readonly RecallKind[]): readonly RecallKind[] {
  if (kinds.length === 0) throw badInput('input.kinds', 'there is at least one kind');
  return RECALL_KINDS.filter((kind) => kinds.includes(kind));
}
