import {
  getOperationAST, isInputObjectType, isInputType, isListType, isNonNullType, Kind, typeFromAST, valueFromAST,
  type DocumentNode, type ExecutionArgs, type GraphQLInputObjectType, type GraphQLInputType, type GraphQLLeafType, type GraphQLList, type GraphQLSchema, type VariableDefinitionNode,
} from 'graphql';
import type { Executor } from './operations';
import { GraphQLJSON } from './scalars';

/** The coerced value; throws for one that is none of its type's. */
type Coerce = (value: unknown) => unknown;
type Variables = Readonly<Record<string, unknown>>;
/** Weak: each document has list and non-null types of its own. */
type Coercions = WeakMap<GraphQLInputType, Coerce>;

interface Compiled {
  /** Declares every variable as JSON: graphql-js then takes the values as they are. */
  readonly document: DocumentNode;
  coerce(variables: Variables): Record<string, unknown>;
}

const INVALID = new Error('the value is none of its type');

/**
 * Coerces the variables of queries and mutations by functions that are compiled once per operation: graphql-js looks its types through again for
 * every value, which took a tenth of an append of twenty events. It stays the authority: what these functions do not take, it coerces or refuses itself.
 */
export function withCompiledVariables(executor: Executor): Executor {
  const known = new WeakMap<DocumentNode, Map<string | null, Compiled | null>>();
  const coercions = new WeakMap<GraphQLInputType, Coerce>();

  const compiledOf = ({ schema, document, operationName = null }: ExecutionArgs): Compiled | null => {
    const operations = known.get(document) ?? new Map<string | null, Compiled | null>();
    known.set(document, operations);
    let compiled = operations.get(operationName);
    if (compiled === undefined) {
      compiled = compile(schema, document, operationName, coercions);
      operations.set(operationName, compiled);
    }
    return compiled;
  };

  return {
    execute(args) {
      const compiled = compiledOf(args);
      if (compiled === null) return executor.execute(args);
      let variableValues: Record<string, unknown>;
      try {
        variableValues = compiled.coerce(args.variableValues ?? {});
      } catch {
        return executor.execute(args);
      }
      return executor.execute({ ...args, document: compiled.document, variableValues });
    },
    open: (args) => executor.open(args),
  };
}

function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | null, coercions: Coercions): Compiled | null {
  const operation = getOperationAST(document, operationName);
  const definitions = operation?.variableDefinitions ?? [];
  // A name that every object has would be found where it was not given.
  if (definitions.length === 0 || definitions.some(({ variable: { name } }) => name.value in {}) || schema.getType(GraphQLJSON.name) !== GraphQLJSON) return null;
  const types = definitions.map(({ type }) => typeFromAST(schema, type));
  const steps = definitions.map((definition, index) => variable(definition, types[index], coercions));
  return {
    document: {
      ...document,
      definitions: document.definitions.map((definition) => (definition !== operation ? definition : {
        ...definition,
        variableDefinitions: definitions.map(({ kind, variable: name }) => ({ kind, variable: name, type: JSON_TYPE })),
      })),
    },
    coerce(variables) {
      const coerced: Record<string, unknown> = {};
      for (const step of steps) step(variables, coerced);
      return coerced;
    },
  };
}

const JSON_TYPE = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: GraphQLJSON.name } } as const;

function variable({ variable: { name: { value: name } }, defaultValue }: VariableDefinitionNode, type: unknown, coercions: Coercions) {
  const coerce = isInputType(type) ? coercionOf(type, coercions) : refuse;
  return (variables: Variables, coerced: Record<string, unknown>): void => {
    if (Object.hasOwn(variables, name)) coerced[name] = coerce(variables[name]);
    else if (isInputType(type) && defaultValue !== undefined) coerced[name] = valueFromAST(defaultValue, type);
    else if (isNonNullType(type)) throw INVALID;
  };
}

const refuse: Coerce = () => { throw INVALID; };

function coercionOf(type: GraphQLInputType, known: Coercions): Coerce {
  let coerce = known.get(type);
  if (coerce === undefined) {
    coerce = isNonNullType(type) ? required(coercionOf(type.ofType, known)) : nullable(isInputObjectType(type) ? whenNeeded(() => compileObject(type, known)) : compileItems(type, known));
    known.set(type, coerce);
  }
  return coerce;
}

const required = (coerce: Coerce): Coerce => (value) => (value === null || value === undefined ? refuse(value) : coerce(value));
const nullable = (coerce: Coerce): Coerce => (value) => (value === null || value === undefined ? null : coerce(value));

/** Types may contain themselves. */
function whenNeeded(compileIt: () => Coerce): Coerce {
  let compiled: Coerce | null = null;
  return (value) => (compiled ??= compileIt())(value);
}

function compileItems(type: GraphQLLeafType | GraphQLList<GraphQLInputType>, known: Coercions): Coerce {
  if (isListType(type)) {
    const coerce = coercionOf(type.ofType, known);
    // What else might be iterated over is left to graphql-js.
    return (value) => (Array.isArray(value) ? value.map((item) => coerce(item)) : typeof value === 'object' ? refuse(value) : [coerce(value)]);
  }
  return (value) => {
    const parsed: unknown = type.parseValue(value);
    return parsed === undefined ? refuse(value) : parsed;
  };
}

function compileObject(type: GraphQLInputObjectType, known: Coercions): Coerce {
  const fields = Object.values(type.getFields());
  // A name that every object has would be found where it was not given.
  if (type.isOneOf || fields.some(({ name }) => name in {})) return refuse;
  const coercions = new Map(fields.map((field) => [field.name, coercionOf(field.type, known)]));
  const presets = fields.filter((field) => field.defaultValue !== undefined);
  const needed = fields.filter((field) => field.defaultValue === undefined && isNonNullType(field.type)).map(({ name }) => name);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(value);
    const coerced: Record<string, unknown> = {};
    for (const [name, given] of Object.entries(value)) {
      const coerce = coercions.get(name);
      if (coerce === undefined) return refuse(value);
      if (given !== undefined) coerced[name] = coerce(given);
    }
    for (const { name, defaultValue } of presets) if (coerced[name] === undefined) coerced[name] = defaultValue;
    for (const name of needed) if (coerced[name] === undefined) return refuse(value);
    return coerced;
  };
}
