import { Kind, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

const known = new WeakMap<OperationDefinitionNode, string>();

/**
 * The schema's name of the one root field of a validated operation, however it is aliased; `several` for more than one.
 * Documents are kept once admitted, so each is looked through once.
 */
export function rootFieldOf(operation: OperationDefinitionNode, document: DocumentNode): string {
  let field = known.get(operation);
  if (field === undefined) {
    const names = new Set<string>();
    collect(operation.selectionSet, document, names, new Set());
    const [only] = names;
    field = names.size === 1 && only !== undefined ? only : 'several';
    known.set(operation, field);
  }
  return field;
}

function collect({ selections }: SelectionSetNode, document: DocumentNode, names: Set<string>, visited: Set<string>): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) names.add(selection.name.value);
    else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, document, names, visited);
    else if (!visited.has(selection.name.value)) {
      visited.add(selection.name.value);
      const fragment = document.definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value);
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) collect(fragment.selectionSet, document, names, visited);
    }
  }
}
