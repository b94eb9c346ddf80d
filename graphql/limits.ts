import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionNode, type SelectionSetNode, type ValueNode } from 'graphql';
import { badInput, GatewayError } from '../src/kernel/errors';

export interface QueryLimits {
  readonly tokens: number;
  /** Levels of fields; introspection has its own, because the standard query nests `ofType` nine times. */
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly aliases: number;
  /** After fragment expansion, as is `fields`. */
  readonly rootFields: number;
  readonly fields: number;
  readonly directives: number;
  readonly operations: number;
  readonly fragments: number;
  /** Levels of lists and objects inside one argument or inside the variables. */
  readonly valueDepth: number;
  /** Highest cost of one answer, see `compileCost`. */
  readonly cost: number;
}

export const DEFAULT_LIMITS: QueryLimits = {
  tokens: 5_000,
  depth: 12,
  introspectionDepth: 20,
  aliases: 30,
  rootFields: 30,
  fields: 2_000,
  directives: 50,
  operations: 50,
  fragments: 100,
  valueDepth: 40,
  cost: 100_000,
};

/** What a selection set grows to once its fragments are spread. */
interface Extent {
  readonly depth: number;
  readonly width: number;
  readonly fields: number;
}

export const refuse = (reason: string, message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message, { reason });

const INTROSPECTION = new Set(['__schema', '__type']);

/**
 * Refuses what would be expensive to validate or to execute. Linear in the document: each fragment is measured once, so a
 * bomb of nested fragments costs no more than its text, and a cycle ends at once. Runs before graphql's validation, whose
 * overlap rule is quadratic. @throws GatewayError BAD_USER_INPUT with the limit as its reason.
 */
export function checkLimits(document: DocumentNode, limits: QueryLimits): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  if (fragments.size > limits.fragments) throw refuse('TOO_MANY_FRAGMENTS', `a document has at most ${limits.fragments} fragments`);
  if (document.definitions.length - fragments.size > limits.operations) {
    throw refuse('TOO_MANY_OPERATIONS', `a document has at most ${limits.operations} operations`);
  }
  const measured = new Map<string, Extent | 'open'>();
  let aliases = 0;
  let directives = 0;

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    countDirectives(definition.directives);
    for (const variable of definition.variableDefinitions ?? []) {
      countDirectives(variable.directives);
      if (variable.defaultValue !== undefined) checkValue(variable.defaultValue, variable.variable.name.value);
    }
    const { depth, width, fields } = measureSet(definition.selectionSet, 0);
    if (depth > limits.depth) throw refuse('QUERY_TOO_DEEP', `a query is at most ${limits.depth} levels deep`);
    if (width > limits.rootFields) throw refuse('TOO_MANY_ROOT_FIELDS', `an operation has at most ${limits.rootFields} root fields`);
    if (fields > limits.fields) throw refuse('TOO_MANY_FIELDS', `an operation selects at most ${limits.fields} fields, fragments included`);
  }

  // Validation walks fragments that no operation spreads as well.
  let stray = 0;
  for (const name of fragments.keys()) {
    if (measured.has(name)) continue;
    const { depth, fields } = measureFragment(name);
    stray += fields;
    if (depth > limits.depth) throw refuse('QUERY_TOO_DEEP', `a query is at most ${limits.depth} levels deep`);
    if (stray > limits.fields) throw refuse('TOO_MANY_FIELDS', `fragments that no operation spreads select at most ${limits.fields} fields`);
  }

  function measureSet(set: SelectionSetNode, nesting: number): Extent {
    // Inline fragments nest without adding depth: this bounds the recursion itself.
    if (nesting > 100) throw refuse('QUERY_TOO_DEEP', `a query is at most ${limits.depth} levels deep`);
    let depth = 0;
    let width = 0;
    let fields = 0;
    for (const selection of set.selections) {
      const extent = measure(selection, nesting);
      depth = Math.max(depth, extent.depth);
      width += extent.width;
      fields += extent.fields;
    }
    return { depth, width, fields };
  }

  function measure(selection: SelectionNode, nesting: number): Extent {
    countDirectives(selection.directives);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return measureFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return measureSet(selection.selectionSet, nesting + 1);
    if (selection.alias !== undefined && ++aliases > limits.aliases) {
      throw refuse('TOO_MANY_ALIASES', `a document has at most ${limits.aliases} aliases`);
    }
    for (const argument of selection.arguments ?? []) checkValue(argument.value, argument.name.value);
    if (selection.selectionSet === undefined) return { depth: 1, width: 1, fields: 1 };
    const inner = measureSet(selection.selectionSet, nesting + 1);
    if (!INTROSPECTION.has(selection.name.value)) return { depth: inner.depth + 1, width: 1, fields: inner.fields + 1 };
    if (inner.depth >= limits.introspectionDepth) {
      throw refuse('QUERY_TOO_DEEP', `an introspection query is at most ${limits.introspectionDepth} levels deep`);
    }
    return { depth: 1, width: 1, fields: inner.fields + 1 };
  }

  function measureFragment(name: string): Extent {
    const known = measured.get(name);
    if (known === 'open') throw refuse('FRAGMENT_CYCLE', `fragment ${name.slice(0, 80)} spreads itself`);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    // Validation names the missing fragment.
    if (fragment === undefined) return { depth: 0, width: 0, fields: 0 };
    measured.set(name, 'open');
    countDirectives(fragment.directives);
    const extent = measureSet(fragment.selectionSet, 0);
    measured.set(name, extent);
    return extent;
  }

  function countDirectives(nodes: readonly { readonly arguments?: readonly { readonly name: { readonly value: string }; readonly value: ValueNode }[] | undefined }[] | undefined): void {
    if (nodes === undefined) return;
    directives += nodes.length;
    if (directives > limits.directives) throw refuse('TOO_MANY_DIRECTIVES', `a document has at most ${limits.directives} directives`);
    for (const node of nodes) for (const argument of node.arguments ?? []) checkValue(argument.value, argument.name.value);
  }

  function checkValue(value: ValueNode, field: string, depth = 0): void {
    if (depth > limits.valueDepth) throw tooDeepValue(limits, field);
    if (value.kind === Kind.LIST) for (const item of value.values) checkValue(item, field, depth + 1);
    if (value.kind === Kind.OBJECT) for (const item of value.fields) checkValue(item.value, field, depth + 1);
  }
}

const tooDeepValue = ({ valueDepth }: QueryLimits, field: string): GatewayError =>
  badInput(field.slice(0, 100), `lists and objects in arguments and variables nest at most ${valueDepth} levels`, 'VALUE_TOO_DEEP');

/** More than any input takes; coercing sixty thousand of them takes a second. */
const MAX_VALUES = 50_000;

/** The same bound for variables: `JSON.parse` takes any depth, but what walks the value later recurses. And a bound on how many values they hold. */
export function checkVariables(variables: Readonly<Record<string, unknown>>, limits: QueryLimits): void {
  let values = 0;
  for (const [name, value] of Object.entries(variables)) {
    if (isDeeper(value, limits.valueDepth)) throw tooDeepValue(limits, name);
    values += countOf(value, MAX_VALUES - values);
    if (values > MAX_VALUES) throw badInput(name.slice(0, 100), `variables hold at most ${MAX_VALUES} values`, 'TOO_MANY_VALUES');
  }
}

/** Values within a value, itself included; stops counting beyond `most`. */
function countOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const item of Object.values(value)) {
    count += countOf(item, most - count);
    if (count > most) break;
  }
  return count;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}
