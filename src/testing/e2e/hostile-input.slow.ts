import { randomUUID } from 'node:crypto';
import { buildClientSchema, getIntrospectionQuery, getNullableType, isInputObjectType, isListType, type GraphQLInputType } from 'graphql';
import type { Gateway } from '../../gateway';
import { encodeCursor } from '../../kernel/page';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { COMPANIONS, documentOf, isRequired, plain } from './hostile-values';
import { newSession } from './memories';

/** Every argument that takes text, also inside inputs and JSON, is given text that it does not expect. */
const TEXTS: Readonly<Record<string, string>> = {
  'NUL': '\u0000',
  'NUL within words': 'a\u0000b',
  'half of a surrogate pair': '\ud800',
  'a word': 'abc',
  'nothing': '',
  '300 characters': 'x'.repeat(300),
  'the cursor of a list by number': encodeCursor(['5']),
  'the cursor of a list by id': encodeCursor([randomUUID()]),
  'the cursor of no list': encodeCursor(['\u0000']),
  'a cursor beyond every number': encodeCursor(['99999999999999999999']),
  'an id of nothing': randomUUID(),
};
const TEXT_TYPES = new Set(['String', 'ID', 'JSON', 'JSONObject', 'DateTime']);

let gateway: Gateway;
let api: ApiClient;
let session: string;
let memory: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
  session = await newSession(api, { userId: 'ada' });
  memory = (await api.ask('mutation { createMemory(input: {scope: {user_id: "ada"}, fact: "Ada likes tea."}) { id } }')).createMemory.id;
});
afterAll(() => gateway.close());

/** Every value of the type that holds `text` in one place, two input levels deep. */
function* poisoned(type: GraphQLInputType, text: string, id: string, depth = 0): Generator<readonly [path: string, value: unknown]> {
  const bare = getNullableType(type);
  if (isListType(bare)) {
    for (const [path, value] of poisoned(bare.ofType, text, id, depth)) yield [`.0${path}`, [value]];
  } else if (isInputObjectType(bare)) {
    if (depth > 2) return;
    const base = plain(bare, id);
    const required = Object.fromEntries(Object.values(bare.getFields()).filter(isRequired).map((field) => [field.name, plain(field.type, id)]));
    for (const field of Object.values(bare.getFields())) {
      for (const [path, value] of poisoned(field.type, text, id, depth + 1)) {
        yield [`.${field.name}${path}`, { ...(typeof base === 'object' ? base : {}), [field.name]: value }];
        if (bare.name in COMPANIONS) yield [`.${field.name}${path} alone`, { ...required, [field.name]: value }];
      }
    }
  } else if (bare.name.startsWith('JSON')) {
    yield ['', { user_id: text }];
    yield [' as key', { [text]: 'ada' }];
    yield [' nested', { all: [{ key: text, op: 'EQ', value: text }] }];
  } else if (TEXT_TYPES.has(bare.name)) {
    yield ['', text];
  }
}

test('no text in any argument of any query or mutation is answered with an internal error', async () => {
  const schema = buildClientSchema(await api.ask(getIntrospectionQuery()));
  const wrong: string[] = [];
  const seen = new Set<string>();
  let refused = 0;
  const roots = [['query', schema.getQueryType()], ['mutation', schema.getMutationType()]] as const;
  for (const [operation, root] of roots) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      // Nothing is deleted on the way: what follows would only find that there is nothing.
      const id = field.name.startsWith('delete') ? randomUUID() : field.name.includes('Memory') ? memory : session;
      for (const argument of field.args) {
        for (const [name, text] of Object.entries(TEXTS)) {
          for (const [path, value] of poisoned(argument.type, text, id)) {
            const given = field.args.filter((other) => other === argument || isRequired(other));
            const variables = Object.fromEntries(given.map((other) => [other.name, other === argument ? value : plain(other.type, id)]));
            const document = documentOf(operation, field, given);
            const { body } = await api.send(document, variables);
            seen.add(`${field.name}.${argument.name}`);
            const code = body.errors?.[0]?.extensions.code;
            if (code !== undefined) refused += 1;
            if (code === 'INTERNAL_SERVER_ERROR' || code === 'UNAVAILABLE') wrong.push(`${field.name}(${argument.name}${path}: ${name}): ${code}`);
          }
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect([...seen]).toEqual(expect.arrayContaining(['sessions.userId', 'memories.topic', 'memoryBank.id', 'recall.input', 'restoreMemory.id', 'generateMemories.input']));
  expect(refused).toBeGreaterThan(500);
}, 300_000);

describe('fields of things', () => {
  test.each(Object.entries(TEXTS))('take %s as a cursor or refuse it', async (_, after) => {
    for (const [field, type] of [['eventsConnection', 'session'], ['revisionsConnection', 'memory']] as const) {
      const { body } = await api.send(`query($id: ID!, $after: String) { ${type}(id: $id) { ${field}(after: $after) { nodes { __typename } } } }`, { id: type === 'session' ? session : memory, after });
      expect([undefined, 'BAD_USER_INPUT']).toContain(body.errors?.[0].extensions.code);
    }
  });
});

describe('is told which argument was at fault', () => {
  const [number, id] = [encodeCursor(['5']), encodeCursor([randomUUID()])];
  test.each([
    ['another list’s cursor for sessions', '{ sessionsConnection(after: $text) { nodes { id } } }', number, { reason: 'BAD_CURSOR', field: 'after' }],
    ['another list’s cursor for memories', '{ memoriesConnection(scope: {user_id: "ada"}, after: $text) { nodes { id } } }', number, { reason: 'BAD_CURSOR', field: 'after' }],
    ['another list’s cursor for jobs', '{ memoryGenerationJobsConnection(after: $text) { nodes { id } } }', number, { reason: 'BAD_CURSOR', field: 'after' }],
    ['NUL as a user', '{ sessions(userId: $text) { id } }', '\u0000', { reason: 'BAD_TEXT', field: 'userId' }],
    ['half a character as an agent', '{ sessionsConnection(agentId: $text) { nodes { id } } }', '\ud800', { reason: 'BAD_TEXT', field: 'agentId' }],
    ['NUL as a topic', '{ memories(scope: {user_id: "ada"}, topic: $text) { id } }', '\u0000', { reason: 'BAD_TEXT', field: 'topic' }],
  ])('%s', async (_, selection, text, extensions) => {
    expect(await api.refusal(`query($text: String) ${selection}`, { text })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', ...extensions } });
  });

  test('and a seq before the first by its own name', async () => {
    const refusal = await api.refusal('query($id: ID!) { session(id: $id) { stateAt(seq: -1) } }', { id: session });
    expect(refusal).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'seq' } });
  });

  test('and the cursor of another list within a session', async () => {
    expect(await api.refusal('query($id: ID!, $after: String) { session(id: $id) { eventsConnection(after: $after) { nodes { id } } } }', { id: session, after: id })).toMatchObject({ extensions: { reason: 'BAD_CURSOR', field: 'after' } });
  });
});

test('an id that is none finds nothing', async () => {
  expect(await api.ask('{ memoryGenerationJob(id: "abc") { id } memory(id: "abc") { id } session(id: "abc") { id } }')).toEqual({ memoryGenerationJob: null, memory: null, session: null });
});
