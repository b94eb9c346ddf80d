import {
  getNamedType, isCompositeType, isInputObjectType, isListType, isNonNullType, isObjectType, isInterfaceType, Kind,
  type DocumentNode, type FieldNode, type FragmentDefinitionNode, type GraphQLField, type GraphQLNamedType, type GraphQLSchema,
  type OperationDefinitionNode, type SelectionSetNode, type ValueNode,
} from 'graphql';
import { DEFAULT_PAGE } from '../src/kernel/page';

export type Variables = Readonly<Record<string, unknown>>;
/** Upper bound of the fields that one execution resolves, where what is read from the database weighs more than one. */
export type Cost = (variables: Variables) => number;

/** Arguments that say how long a list may become, directly or inside an input object. */
const SIZES = new Set(['limit', 'first', 'last', 'topK', 'take']);
/** Lists that nothing bounds by argument (topics, parts) are short. */
const UNSIZED_LIST = 10;

/** Things that are rows of their own, with texts and JSON: each weighs this much beside its fields. */
const ROW = 5;
const ROWS = new Set(['Session', 'Event', 'Memory', 'MemoryRevision', 'MemoryGenerationJob', 'MemoryCandidate', 'Job', 'Agent', 'A2AMessage', 'A2ATask']);
/** Fields that take statements of their own for each parent, or search. */
const PRICES: Readonly<Record<string, number>> = {
  'Session.stateAt': 100,
  'Memory.diff': 50,
  'Session.treeEventsConnection': 50,
  'Query.modelUsage': 500,
  'Query.searchMemories': 1000,
  'Query.recall': 1000,
  'Query.context': 1000,
};

/** Constant parts are folded while compiling, so a document without size variables costs one number. */
type Term = number | Cost;

/**
 * Compiles an operation that passed validation: cost = Σ fields, rows and prices, where what is below a list counts once per item.
 * A list's length comes from its own size argument, else from the nearest field above it that has one (a connection's
 * `edges`), else `UNSIZED_LIST`. `@skip` and `@include` are ignored: the bound is from above.
 */
export function compileCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Cost {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const defaults = new Map<string, number>();
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue?.kind === Kind.INT) defaults.set(variable.name.value, Number(defaultValue.value));
  }
  const cost = costOfSet(operation.selectionSet, schema.getRootType(operation.operation), null);
  return typeof cost === 'number' ? () => cost : cost;

  function costOfSet(set: SelectionSetNode, parent: GraphQLNamedType | null | undefined, inherited: Term | null): Term {
    return sum(
      set.selections.map((selection) => {
        if (selection.kind === Kind.FIELD) return costOfField(selection, parent, inherited);
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const type = selection.typeCondition === undefined ? parent : schema.getType(selection.typeCondition.name.value);
          return costOfSet(selection.selectionSet, type, inherited);
        }
        const fragment = fragments.get(selection.name.value);
        return fragment === undefined ? 0 : costOfSet(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), inherited);
      }),
    );
  }

  function costOfField(node: FieldNode, parent: GraphQLNamedType | null | undefined, inherited: Term | null): Term {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const price = 1 + (PRICES[`${parent?.name ?? ''}.${node.name.value}`] ?? 0);
    if (node.selectionSet === undefined) return price;
    // Introspection: bounded by the schema itself and by graphql's own depth rule.
    if (field === undefined) return sum([1, costOfSet(node.selectionSet, null, null)]);
    const size = sizeOf(field, node) ?? inherited;
    const type = isNonNullType(field.type) ? field.type.ofType : field.type;
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) return price;
    const row = ROWS.has(named.name) ? ROW : 0;
    if (!isListType(type)) return sum([price, row, costOfSet(node.selectionSet, named, size)]);
    return sum([price, product(size ?? UNSIZED_LIST, sum([row, costOfSet(node.selectionSet, named, null)]))]);
  }

  function sizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Term | null {
    let fallback: number | null = null;
    for (const argument of field.args) {
      const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
      if (SIZES.has(argument.name)) {
        fallback ??= typeof argument.defaultValue === 'number' ? argument.defaultValue : DEFAULT_PAGE;
        if (given !== undefined && given.kind !== Kind.NULL) return sizeFrom(given, fallback);
        continue;
      }
      const input = getNamedType(argument.type);
      if (!isInputObjectType(input)) continue;
      const key = Object.keys(input.getFields()).find((name) => SIZES.has(name));
      if (key === undefined) continue;
      const preset: unknown = input.getFields()[key]?.defaultValue;
      fallback ??= typeof preset === 'number' ? preset : DEFAULT_PAGE;
      if (given !== undefined) return sizeInside(given, key, fallback);
    }
    return fallback;
  }

  function sizeFrom(value: ValueNode, fallback: number): Term {
    if (value.kind === Kind.INT) return bounded(Number(value.value), fallback);
    if (value.kind !== Kind.VARIABLE) return fallback;
    const name = value.name.value;
    const preset = defaults.get(name) ?? fallback;
    return (variables) => bounded(variables[name], preset);
  }

  function sizeInside(value: ValueNode, key: string, fallback: number): Term {
    if (value.kind === Kind.OBJECT) {
      const inner = value.fields.find(({ name }) => name.value === key)?.value;
      return inner === undefined ? fallback : sizeFrom(inner, fallback);
    }
    if (value.kind !== Kind.VARIABLE) return fallback;
    const name = value.name.value;
    return (variables) => {
      const input = variables[name];
      return bounded(typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined, fallback);
    };
  }
}

const bounded = (value: unknown, fallback: number): number => (typeof value === 'number' && value >= 0 ? value : fallback);

function sum(terms: readonly Term[]): Term {
  const variable = terms.filter((term) => typeof term === 'function');
  const constant = terms.reduce<number>((total, term) => (typeof term === 'number' ? total + term : total), 0);
  if (variable.length === 0) return constant;
  return (variables) => variable.reduce((total, term) => total + term(variables), constant);
}

function product(a: Term, b: Term): Term {
  if (typeof a === 'number') return typeof b === 'number' ? a * b : (variables) => a * b(variables);
  return typeof b === 'number' ? (variables) => a(variables) * b : (variables) => a(variables) * b(variables);
}
