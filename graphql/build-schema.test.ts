import { isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, type GraphQLSchema } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { TestResolver } from '../src/testing/test-door';
import { buildGraphQLSchema, printSchema } from './build-schema';
import { resolvers } from './resolvers';

/** `Type.field` and `Type.field(argument)` of everything a client can name and nobody has described. */
function undescribed(schema: GraphQLSchema): string[] {
  const missing: string[] = [];
  const note = (name: string, described: { readonly description?: string | null | undefined }): void => {
    if (described.description === undefined || described.description === null || described.description === '') missing.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isEnumType(type)) continue;
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      note(`${type.name}.${field.name}`, field);
      for (const argument of field.args) note(`${type.name}.${field.name}(${argument.name})`, argument);
    }
  }
  return missing;
}

test('every field and argument of the schema is described', () => {
  expect(undescribed(buildGraphQLSchema(resolvers))).toEqual([]);
});

test('no type with simple resolvers carries roles or middleware, which type-graphql would silently drop', () => {
  buildGraphQLSchema(resolvers);
  const { objectTypes, middlewares, authorizedFields } = getMetadataStorage();
  const simple = new Set(objectTypes.filter(({ simpleResolvers }) => simpleResolvers === true).map(({ target }) => target));
  expect([...middlewares, ...authorizedFields].filter(({ target }) => simple.has(target))).toEqual([]);
});

test('the printed schema does not depend on the order of the resolvers', () => {
  const printed = printSchema(buildGraphQLSchema([TestResolver, ...resolvers]));
  expect(printSchema(buildGraphQLSchema([...resolvers, TestResolver]))).toBe(printed);
  expect(printed).toContain('scalar DateTime');
});
