import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { getMetadataStorage } from 'type-graphql';

type Storage = ReturnType<typeof getMetadataStorage>;
type Handler = Storage['mutations'][number];
type Parameter = NonNullable<Handler['params']>[number];
type Pick = (args: Arguments, context: object, info: unknown) => unknown;
type Arguments = Readonly<Record<string, unknown>>;

/**
 * Queries and mutations get their arguments as graphql-js coerced them. type-graphql makes class instances of inputs, by looking every field up in
 * the list of all input types and deleting what was not given: half as much as coercing. No input has methods, so an instance has nothing to add.
 * What has roles or middleware, or takes more than arguments, context and info, stays as it is.
 */
export function resolveDirectly(schema: GraphQLSchema, classes: readonly (new (...args: never[]) => object)[]): void {
  const { queries, mutations } = getMetadataStorage();
  const instances = new Map<unknown, object>();
  for (const [type, handlers] of [[schema.getQueryType(), queries], [schema.getMutationType(), mutations]] as const) {
    for (const handler of handlers) {
      const field = type?.getFields()[handler.schemaName];
      const Class = classes.find((one) => one === handler.target);
      const picks = picksOf(handler);
      if (field === undefined || Class === undefined || picks === null) continue;
      const instance = instances.get(Class) ?? new Class();
      instances.set(Class, instance);
      field.resolve = direct(instance, Reflect.get(instance, handler.methodName), picks);
    }
  }
}

const direct = (instance: object, method: unknown, picks: readonly Pick[]): GraphQLFieldResolver<unknown, object, Arguments> => {
  if (typeof method !== 'function') throw new Error('a resolver is a method');
  return (_root, args, context, info): unknown => Reflect.apply(method, instance, picks.map((pick) => pick(args, context, info)));
};

function picksOf({ params = [], roles, middlewares = [] }: Handler): readonly Pick[] | null {
  const picks = [...params].sort((a, b) => a.index - b.index).map(pickOf);
  return roles === undefined && middlewares.length === 0 && picks.every((pick) => pick !== null) ? picks : null;
}

function pickOf(parameter: Parameter): Pick | null {
  switch (parameter.kind) {
    case 'arg': return (args) => args[parameter.name];
    case 'context': return parameter.propertyName === undefined ? (_, context) => context : null;
    case 'info': return (_args, _context, info) => info;
    default: return null;
  }
}
