import 'reflect-metadata';
import { lexicographicSortSchema, printSchema as print, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { resolveDirectly } from './direct-resolvers';
import { DateTime } from './scalars';

const unusable = (): never => {
  throw new Error('a subscription states its own `subscribe`; there is no process-wide pub/sub');
};

/** The executable schema of the given resolver classes. Every field and argument states its type: no metadata is emitted. */
export function buildGraphQLSchema(resolvers: Readonly<NonEmptyArray<new (...args: never[]) => object>>): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    scalarsMap: [{ type: Date, scalar: DateTime }],
    // Input is parsed by the services: class-validator would add 8 µs to a six-field input.
    validate: false,
    // type-graphql insists on one as soon as there is a subscription, even when none uses it.
    pubSub: { publish: unusable, subscribe: unusable },
  });
  resolveDirectly(schema, resolvers);
  return schema;
}

/** The schema as SDL in a stable order, for `graphql/schema.graphql`. */
export const printSchema = (schema: GraphQLSchema): string => `${print(lexicographicSortSchema(schema))}\n`;
