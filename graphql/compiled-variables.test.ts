import fc from 'fast-check';
import {
  getOperationAST, getVariableValues, isEnumType, isInputObjectType, isInputType, isIntrospectionType, isListType, isNonNullType, parse,
  type ExecutionArgs, type GraphQLInputType,
} from 'graphql';
import { buildGraphQLSchema } from './build-schema';
import { withCompiledVariables } from './compiled-variables';
import type { Executor } from './operations';
import { resolvers } from './resolvers';

const schema = buildGraphQLSchema(resolvers);
const inputs = Object.values(schema.getTypeMap()).filter((type) => isInputType(type) && !isIntrospectionType(type));

/** What graphql-js makes of the arguments that reach the executor, and whether they were ours. */
function coerced(query: string, variableValues: Record<string, unknown>) {
  const reached: ExecutionArgs[] = [];
  const executor: Executor = { execute: (args) => { reached.push(args); return {}; }, open: async () => ({}) };
  const original = { schema, document: parse(query), variableValues };
  void withCompiledVariables(executor).execute(original);
  const values = ({ document, variableValues: given }: ExecutionArgs) => getVariableValues(schema, getOperationAST(document)?.variableDefinitions ?? [], { ...given }, { maxErrors: 50 });
  const [ours] = reached;
  if (ours === undefined) throw new Error('nothing was executed');
  return { ours: values(ours), theirs: values(original), isCompiled: ours.document !== original.document };
}

const leaf: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), Float: fc.double({ noNaN: true, noDefaultInfinity: true }), Boolean: fc.boolean(),
  ID: fc.oneof(fc.string(), fc.integer()), String: fc.string(), DateTime: fc.constantFrom('2026-11-21T10:15:30.250Z', '2026-02-30T10:15:30Z'),
  JSON: fc.jsonValue(), JSONObject: fc.dictionary(fc.string(), fc.jsonValue()),
};

function valueOf(type: GraphQLInputType, depth: number): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return valueOf(type.ofType, depth);
  if (isListType(type)) return fc.oneof({ weight: 5, arbitrary: fc.array(valueOf(type.ofType, depth), { maxLength: 3 }) }, valueOf(type.ofType, depth));
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (!isInputObjectType(type)) return leaf[type.name] ?? fc.jsonValue();
  const fields = Object.values(type.getFields()).filter((field) => depth > 0 || isNonNullType(field.type));
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, fc.oneof({ weight: 9, arbitrary: valueOf(field.type, depth - 1) }, fc.constant(null))])), {
    requiredKeys: fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name),
  });
}

const WRAPPED = ['T', 'T!', '[T!]', '[[T]!]!'];
/** Not of its type as a whole, or a value with one name too many. */
const spoilt = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof(
  { weight: 6, arbitrary: value },
  fc.jsonValue(),
  fc.tuple(value, fc.constantFrom('extra', '__proto__', 'constructor', 'toString'), fc.jsonValue()).map(([given, name, extra]) =>
    (typeof given === 'object' && given !== null && !Array.isArray(given) ? JSON.parse(JSON.stringify({ ...given, $: extra }).replace('"$":', `${JSON.stringify(name)}:`)) : given)),
);

test('every input type of the schema is coerced as graphql-js coerces it, errors included', () => {
  const cases = fc.oneof(...inputs.map((type) =>
    fc.record({ type: fc.constantFrom(...WRAPPED).map((wrapped) => wrapped.replace('T', type.name)), value: spoilt(valueOf(type as GraphQLInputType, 3)), nesting: fc.nat(2) })));
  fc.assert(fc.property(cases, ({ type, value, nesting }) => {
    const v = Array.from({ length: nesting }).reduce((inner: unknown) => [inner], value);
    const { ours, theirs } = coerced(`query ($v: ${type}) { version }`, { v });
    expect(ours.coerced).toEqual(theirs.coerced);
    expect(ours.errors?.map(({ message }) => message)).toEqual(theirs.errors?.map(({ message }) => message));
  }), { numRuns: 3000 });
});

test('what is given is taken by the compiled functions: events, their defaults, nulls and single values', () => {
  const query = 'query ($one: EventInput!, $many: [EventInput!]!, $name: String, $none: Int, $preset: Int = 7) { version }';
  const { ours, theirs, isCompiled } = coerced(query, {
    one: { text: 'a' }, many: [{ author: 'AGENT', content: [{ text: 'b' }, { mediaType: 'a/b', data: { c: [null] } }], occurredAt: '2026-11-21T10:15:30Z', metadata: null }], name: null,
  });
  expect(isCompiled).toBe(true);
  expect(ours.coerced).toEqual(theirs.coerced);
  expect(ours.coerced).toMatchObject({ one: { text: 'a', author: 'USER' }, name: null, preset: 7 });
  expect(ours.coerced).not.toHaveProperty('none');
});

test('a variable with a name that every object has is left to graphql-js', () => {
  for (const name of ['__proto__', 'constructor']) {
    const { ours, theirs, isCompiled } = coerced(`query ($${name}: String) { version }`, JSON.parse(`{"${name}": "x"}`) as Record<string, unknown>);
    expect([isCompiled, Object.entries(ours.coerced ?? {})]).toEqual([false, Object.entries(theirs.coerced ?? {})]);
  }
});

test('a missing variable and an operation that must be named are left to graphql-js', () => {
  const { ours, isCompiled } = coerced('query ($id: ID!) { version }', {});
  expect(isCompiled).toBe(false);
  expect(ours.errors?.[0]?.message).toContain('was not provided');
});
