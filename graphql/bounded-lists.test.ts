import {
  getNamedType, getNullableType, isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isListType, isObjectType,
  type GraphQLField, type GraphQLInputField, type GraphQLSchema,
} from 'graphql';
import { buildGraphQLSchema } from './build-schema';
import { resolvers } from './resolvers';

const SIZES = new Set(['limit', 'first', 'last', 'topK']);
const IN_WORDS = /\b(at most|up to|the newest \d+|the first \d+|\d+ to [\d,]+|for each)\b/i;

/** The field takes a size, directly or inside an input. */
const isSized = ({ args }: GraphQLField<unknown, unknown>): boolean =>
  args.some(({ name, type }) => {
    const input = getNamedType(type);
    return SIZES.has(name) || (isInputObjectType(input) && Object.keys(input.getFields()).some((key) => SIZES.has(key)));
  });

/** A list takes a size, is a page of a connection, holds enum values, or says its bound in its description. */
function isBounded(typeName: string, field: GraphQLField<unknown, unknown> | GraphQLInputField): boolean {
  if (!isListType(getNullableType(field.type)) || isEnumType(getNamedType(field.type))) return true;
  return ('args' in field && isSized(field)) || typeName.endsWith('Connection') || IN_WORDS.test(field.description ?? '');
}

function unbounded(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isIntrospectionType(type) || !(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))) return [];
    const fields: (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(type.getFields());
    const args = fields.flatMap((field) => ('args' in field ? field.args.map((argument) => ({ ...argument, name: `${field.name}(${argument.name})` })) : []));
    return [...fields, ...args].filter((field) => !isBounded(type.name, field)).map(({ name }) => `${type.name}.${name}`);
  });
}

test('every list of the schema takes a size, is a page, or says in its description how long it may be', () => {
  expect(unbounded(buildGraphQLSchema(resolvers))).toEqual([]);
});
