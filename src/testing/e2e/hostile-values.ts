import {
  getNamedType, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType,
  type GraphQLArgument, type GraphQLField, type GraphQLInputField, type GraphQLInputType,
} from 'graphql';

/** What an input needs beside its required fields before a service looks at the rest. */
export const COMPANIONS: Readonly<Record<string, object>> = {
  GenerateMemoriesInput: { text: 'Ada likes tea.', scope: { user_id: 'ada' } },
  EventInput: { author: 'USER', text: 'hi' },
  LogDecisionInput: { scope: { user_id: 'ada' } },
  CreateTrajectoryInput: { scope: { user_id: 'ada' } },
  PatchPreferencesInput: { userId: 'ada' },
  A2APartInput: { text: 'hi' },
  ContextInput: { scopes: [{ scope: { user_id: 'ada' } }], query: 'tea' },
};

/** Arguments that take certain values only. */
const SAMPLES: Readonly<Record<string, unknown>> = { 'distillProcedures.minSupport': 2, 'retryDeadLetters.name': 'memory.generation', 'addImportPart.part': 2 };

/** The smallest value that an argument takes. */
export const plainArgument = (field: string, { name, type }: Field, id: string): unknown => SAMPLES[`${field}.${name}`] ?? plain(type, id);

type Field = Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type' | 'defaultValue'>;
export const isRequired = ({ type, defaultValue }: Field): boolean => isNonNullType(type) && defaultValue === undefined;

/** The smallest value that the type takes, with `id` for ids. */
export function plain(type: GraphQLInputType, id: string): unknown {
  const bare = getNullableType(type);
  if (isListType(bare)) return [plain(bare.ofType, id)];
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  if (isInputObjectType(bare)) {
    const required = Object.values(bare.getFields()).filter(isRequired);
    return { ...Object.fromEntries(required.map((field) => [field.name, plain(field.type, id)])), ...COMPANIONS[bare.name] };
  }
  return { ID: id, Int: 1, Float: 1, Boolean: true, JSON: { user_id: 'ada' }, JSONObject: { a: 1 }, DateTime: '2025-03-03T18:00:00Z' }[bare.name] ?? 'x';
}

/** A document that calls one root field with variables for these of its arguments. */
export function documentOf(operation: string, field: GraphQLField<unknown, unknown>, given: readonly GraphQLArgument[]): string {
  const leaves = ['Boolean', 'String'].includes(getNamedType(field.type).name) ? '' : '{ __typename }';
  const declared = given.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  return `${operation}${declared === '' ? '' : `(${declared})`} { ${field.name}${passed === '' ? '' : `(${passed})`} ${leaves} }`;
}

/** Every place of the type where a value stands, as the path to it and the whole with `value` there; inputs within inputs to three levels. */
export function* places(type: GraphQLInputType, id: string, path: string, depth = 0): Generator<Place> {
  const bare = getNullableType(type);
  yield { path, type: bare, whole: (value) => value };
  if (isListType(bare)) {
    for (const inner of places(bare.ofType, id, `${path}.0`, depth)) yield { ...inner, whole: (value) => [inner.whole(value)] };
  } else if (isInputObjectType(bare) && depth < 3) {
    const base = plain(bare, id);
    for (const field of Object.values(bare.getFields())) {
      for (const inner of places(field.type, id, `${path}.${field.name}`, depth + 1)) {
        yield { ...inner, whole: (value) => ({ ...(typeof base === 'object' ? base : {}), [field.name]: inner.whole(value) }) };
      }
    }
  }
}

export interface Place {
  readonly path: string;
  readonly type: GraphQLInputType;
  whole(value: unknown): unknown;
}
