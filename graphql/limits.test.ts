import fc from 'fast-check';
import { getIntrospectionQuery, parse } from 'graphql';
import { GatewayError } from '../src/kernel/errors';
import { TestResolver } from '../src/testing/test-door';
import { buildGraphQLSchema } from './build-schema';
import { createDocuments } from './documents';
import { checkLimits, checkVariables, DEFAULT_LIMITS } from './limits';

const schema = buildGraphQLSchema([TestResolver]);
const documents = createDocuments({ schema, limits: DEFAULT_LIMITS, introspection: true });

/** The reason for which a document is refused, or null when it is admitted. */
function reasonOf(source: string): string | null {
  try {
    const admission = documents.admit(source);
    return admission.kind === 'refused' ? admission.reason : null;
  } catch (error) {
    if (error instanceof GatewayError) return error.details.reason ?? null;
    throw error;
  }
}

const times = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join(' ');
const nested = (depth: number, field: string, leaf: string): string => `${`${field} { `.repeat(depth)}${leaf}${' }'.repeat(depth)}`;

/** Each fragment spreads the next one twice: 2^levels fields from a line per level. */
const bomb = (levels: number): string =>
  `{ item { ...F0 } } ${times(levels, (i) => `fragment F${i} on Item { parent { ...F${i + 1} } other: parent { ...F${i + 1} } }`)} fragment F${levels} on Item { id }`;

const flatBomb = (levels: number): string =>
  `{ item { ...F0 } } ${times(levels, (i) => `fragment F${i} on Item { ...F${i + 1} ...F${i + 1} }`)} fragment F${levels} on Item { id }`;

describe('an attack is refused', () => {
  test.each([
    ['1,000 aliases', `{ ${times(1_000, (i) => `a${i}: hello`)} }`, 'TOO_MANY_ALIASES'],
    ['50,000 aliases', `{ ${times(50_000, (i) => `a${i}: hello`)} }`, 'GRAPHQL_PARSE_FAILED'],
    ['aliases spread over fragments', `{ ...A } fragment A on Query { ${times(31, (i) => `a${i}: hello`)} }`, 'TOO_MANY_ALIASES'],
    ['31 root fields', `{ ${times(31, () => 'hello')} }`, 'TOO_MANY_ROOT_FIELDS'],
    ['root fields through a fragment', `{ ${times(16, () => '...A')} } fragment A on Query { hello whoami }`, 'TOO_MANY_ROOT_FIELDS'],
    ['depth 13', `{ ${nested(12, 'item', 'id')} }`, 'QUERY_TOO_DEEP'],
    ['depth 1,000', `{ ${nested(1_000, 'item', 'id')} }`, 'QUERY_TOO_DEEP'],
    ['depth through fragments', `{ item { ...A } } fragment A on Item { ${nested(6, 'parent', '...B')} } fragment B on Item { ${nested(6, 'parent', 'id')} }`, 'QUERY_TOO_DEEP'],
    ['1,500 inline fragments in each other', `{ ${nested(1_500, '...', 'hello')} }`, 'QUERY_TOO_DEEP'],
    ['a fragment bomb', bomb(10), 'TOO_MANY_FIELDS'],
    ['a fragment bomb of 20 levels', bomb(20), 'QUERY_TOO_DEEP'],
    ['a fragment bomb without depth', flatBomb(40), 'TOO_MANY_FIELDS'],
    ['2,001 fields', `{ item { ${times(2_001, () => 'id')} } }`, 'TOO_MANY_FIELDS'],
    ['2,001 fields in a fragment that nobody spreads', `{ hello } fragment A on Item { ${times(2_001, () => 'id')} }`, 'TOO_MANY_FIELDS'],
    ['2,001 fields over several of those', `{ hello } ${times(3, (i) => `fragment F${i} on Item { ${times(667, () => 'id')} }`)}`, 'TOO_MANY_FIELDS'],
    ['depth in a fragment that nobody spreads', `{ hello } fragment A on Item { ${nested(13, 'parent', 'id')} }`, 'QUERY_TOO_DEEP'],
    ['a cycle of fragments that nobody spreads', '{ hello } fragment A on Item { parent { ...A } }', 'FRAGMENT_CYCLE'],
    ['a fragment that spreads itself', '{ ...A } fragment A on Query { hello ...A }', 'FRAGMENT_CYCLE'],
    ['a cycle of fragments', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', 'FRAGMENT_CYCLE'],
    ['directives on one field', `{ hello ${times(51, () => '@skip(if: false)')} }`, 'TOO_MANY_DIRECTIVES'],
    ['directives spread out', `{ item { ${times(51, () => 'id @skip(if: false)')} } }`, 'TOO_MANY_DIRECTIVES'],
    ['fragments by the hundred', `{ item { ${times(101, (i) => `...F${i}`)} } } ${times(101, (i) => `fragment F${i} on Item { id }`)}`, 'TOO_MANY_FRAGMENTS'],
    ['operations by the hundred', times(51, (i) => `query Q${i} { hello }`), 'TOO_MANY_OPERATIONS'],
    ['a list nested 1,000 times in an argument', `{ echo(value: ${'['.repeat(1_000)}${']'.repeat(1_000)}) }`, 'VALUE_TOO_DEEP'],
    ['introspection in circles', `{ __schema { types { ${nested(6, 'fields { type', 'name')}${' }'.repeat(6)} } } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['introspection without end', `{ __type(name: "Item") { ${nested(30, 'ofType', 'name')} } }`, 'QUERY_TOO_DEEP'],
  ])('%s', (_name, source, reason) => {
    expect(reasonOf(source)).toBe(reason);
  });

  test('variables nested without end', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(() => checkVariables({ deep }, DEFAULT_LIMITS)).toThrow(GatewayError);
    expect(() => checkVariables({ input: { scope: { user: ['a'] } } }, DEFAULT_LIMITS)).not.toThrow();
  });
});

describe('an ordinary document is admitted', () => {
  test.each([
    ['the widest introspection query', getIntrospectionQuery({ descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true })],
    ['depth 12', `{ item { ${nested(10, 'parent', 'id')} } }`],
    ['30 aliases', `{ ${times(30, (i) => `a${i}: hello`)} }`],
    ['a fragment used twice', '{ a: item { ...I } b: item { ...I } } fragment I on Item { id tags }'],
  ])('%s', (_name, source) => {
    expect(reasonOf(source)).toBeNull();
  });

  test('of 2,000 fields as far as the limits go', () => {
    expect(() => checkLimits(parse(`{ item { ${times(1_999, () => 'id')} } }`), DEFAULT_LIMITS)).not.toThrow();
  });

  test('and examined only once', () => {
    const source = '{ hello whoami }';
    expect(documents.admit(source)).toBe(documents.admit(source));
  });
});

test('the check agrees with a plain expansion of the fragments, and never hangs on any graph of them', () => {
  const spreads = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(spreads, (graph) => {
      const source = `{ item { ...F0 } } ${graph.map((targets, i) => `fragment F${i} on Item { id ${targets.map((t) => `parent { ...F${t} }`).join(' ')} }`).join(' ')}`;
      expect(limitReason(source)).toBe(expectedReason(graph));
    }),
  );
});

function limitReason(source: string): string | null {
  try {
    checkLimits(parse(source), { ...DEFAULT_LIMITS, depth: 1_000, fields: 40 });
    return null;
  } catch (error) {
    return error instanceof GatewayError ? (error.details.reason ?? null) : 'thrown';
  }
}

/** Expands by brute force; a path longer than the number of fragments is a cycle. */
function expectedReason(graph: readonly (readonly number[])[]): string | null {
  const reachesCycle = (node: number, path: readonly number[]): boolean =>
    path.includes(node) || (graph[node] ?? []).some((next) => reachesCycle(next, [...path, node]));
  const count = (node: number): number => 1 + (graph[node] ?? []).reduce((total, next) => total + 1 + count(next), 0);
  const reached = new Set<number>();
  const reach = (node: number): void => {
    if (reached.has(node)) return;
    reached.add(node);
    (graph[node] ?? []).forEach(reach);
  };
  if (reachesCycle(0, [])) return 'FRAGMENT_CYCLE';
  if (1 + count(0) > 40) return 'TOO_MANY_FIELDS';
  reach(0);
  let stray = 0;
  for (const node of graph.keys()) {
    if (reached.has(node)) continue;
    if (reachesCycle(node, [])) return 'FRAGMENT_CYCLE';
    stray += count(node);
    if (stray > 40) return 'TOO_MANY_FIELDS';
    reach(node);
  }
  return null;
}
