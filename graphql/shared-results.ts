import { Kind, visit, type DocumentNode, type ExecutionArgs, type FormattedExecutionResult } from 'graphql';
import type { Actor } from '../src/kernel/actor';

/** How long an answer serves others: those who were woken by the same item, not those who come to it later. */
const KEEP_MS = 20;

/**
 * One execution per item for all subscribers who would get the same answer: same document, same variables (the cursor that they
 * resumed from aside) and same authority. Never shared across principals. An answer is kept for some milliseconds only, so that
 * nobody is shown what was deleted since.
 */
export interface SharedResults {
  /** The group of a subscriber; items are told apart by their cursor within it. */
  groupOf(args: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>, actor: Actor): string;
  answer(group: string, rootValue: unknown, execute: () => Promise<FormattedExecutionResult>): Promise<FormattedExecutionResult>;
}

export function createSharedResults(): SharedResults {
  const numbers = new WeakMap<DocumentNode, number>();
  const answers = new Map<string, Promise<FormattedExecutionResult>>();
  let documents = 0;

  const numberOf = (document: DocumentNode): number => {
    const known = numbers.get(document);
    if (known !== undefined) return known;
    documents += 1;
    numbers.set(document, documents);
    return documents;
  };

  return {
    groupOf({ document, operationName, variableValues }, { tenantId, principalId, roles, scopeLimits }) {
      const cursors = cursorVariables(document);
      const variables = Object.entries(variableValues ?? {}).filter(([name]) => !cursors.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
      return JSON.stringify([numberOf(document), operationName ?? null, variables, tenantId, principalId, roles, scopeLimits]);
    },
    answer(group, rootValue, execute) {
      const cursor = cursorOf(rootValue);
      if (cursor === null) return execute();
      const key = `${cursor} ${group}`;
      const pending = answers.get(key);
      if (pending !== undefined) return pending;
      const answer = execute();
      answers.set(key, answer);
      const forget = (): void => { setTimeout(() => answers.delete(key), KEEP_MS).unref(); };
      answer.then(forget, forget);
      return answer;
    },
  };
}

/** Variables that say from where to resume and nothing else: used once, as the argument `after` of a subscription's own field. */
function cursorVariables(document: DocumentNode): ReadonlySet<string> {
  const uses = new Map<string, number>();
  const cursors = new Set<string>();
  visit(document, {
    Variable: ({ name }, _key, parent) => {
      const isDefinition = parent !== undefined && 'kind' in parent && parent.kind === Kind.VARIABLE_DEFINITION;
      if (!isDefinition) uses.set(name.value, (uses.get(name.value) ?? 0) + 1);
    },
  });
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const field of definition.selectionSet.selections) {
      if (field.kind !== Kind.FIELD) continue;
      for (const { name, value } of field.arguments ?? []) if (name.value === 'after' && value.kind === Kind.VARIABLE) cursors.add(value.name.value);
    }
  }
  return new Set([...cursors].filter((name) => uses.get(name) === 1));
}

function cursorOf(rootValue: unknown): string | null {
  if (typeof rootValue !== 'object' || rootValue === null || !('cursor' in rootValue)) return null;
  return typeof rootValue.cursor === 'string' ? rootValue.cursor : null;
}
