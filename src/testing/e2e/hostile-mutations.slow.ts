import { randomUUID } from 'node:crypto';
import { buildClientSchema, getIntrospectionQuery, isEnumType, isInputObjectType, isListType, type GraphQLField, type GraphQLInputType } from 'graphql';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { send } from './agents';
import { createApiClient, type ApiClient } from './client';
import { documentOf, isRequired, places, plainArgument } from './hostile-values';
import { newSession } from './memories';
import { countRows } from './rows';
import { until } from './until';

/** Values that no place of this type takes. What is valid but strange is another matter: it must come back as it was given. */
const HOSTILE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  String: { 'a number': 7, 'an object': { $ne: null }, 'a list of two': ['a', 'b'], 'NUL': 'a\u0000b', 'half of a surrogate pair': '\ud83d', 'the wrong half first': '\ude00\ud83d', '500,000 characters': 'x'.repeat(500_000) },
  ID: { 'a fraction': 1.5, 'an object': {}, 'an unknown id': '01a1fcad-88ec-73c6-b234-7604dd779b3a', 'no id': 'drop table', 'NUL': '\u0000', 'half of a surrogate pair': '\ud83d', '500,000 characters': 'x'.repeat(500_000) },
  Int: { 'a fraction': 1.5, 'text': '1', 'more than 32 bits': 2 ** 31, 'minus 2 to the 31st': -(2 ** 31), 'a list of two': [1, 2] },
  Float: { 'text': '0.5', 'above every bound': 1e300, 'below every bound': -1e300, 'an object': {} },
  Boolean: { 'text': 'true', 'a number': 1 },
  DateTime: { 'a word': 'yesterday', 'no such day': '2026-02-30T00:00:00Z', 'no zone': '2026-02-03T00:00:00', 'a number': 0, 'a year too far': '+275760-09-14T00:00:00Z' },
  JSON: { 'NUL': { user_id: '\u0000' }, 'half of a surrogate pair': { '\ud83d': 'a' }, '500,000 characters': { user_id: 'x'.repeat(500_000) }, 'forty levels': nested(41) },
  JSONObject: { 'a list': [], 'text': 'x', 'NUL': { a: '\u0000' }, 'half of a surrogate pair': { '\ud83d': 'a' }, 'two megabytes in levels': nested(41), '1,100,000 characters': { a: 'x'.repeat(900_000), 'user:b': 'x'.repeat(130_000) } },
};
// A single value is a list of one, by GraphQL's rules.
const OF_LISTS = { 'an object': { length: 1e9 }, 'null inside': [null] };
const OF_INPUTS = { 'text': 'x', 'a list of two': [{}, {}], 'an unknown field': { doesNotExist: 1 }, 'a prototype': JSON.parse('{"__proto__": {"a": 1}}') };
const OF_ENUMS = { 'an unknown value': 'ROOT', 'a number': 1 };

function nested(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
}

function hostileFor(type: GraphQLInputType): Readonly<Record<string, unknown>> {
  if (isListType(type)) return OF_LISTS;
  if (isInputObjectType(type)) return OF_INPUTS;
  if (isEnumType(type)) return OF_ENUMS;
  return HOSTILE['name' in type ? type.name : ''] ?? {};
}

let gateway: Gateway;
let api: ApiClient;
let mutations: GraphQLField<unknown, unknown>[];
let session: string;
let memory: string;
let task: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
  mutations = Object.values(buildClientSchema(await api.ask(getIntrospectionQuery())).getMutationType()?.getFields() ?? {});
  session = await newSession(api, { userId: 'ada' });
  memory = (await api.ask('mutation { createMemory(input: {scope: {user_id: "ada"}, fact: "Ada likes tea."}) { id } }')).createMemory.id;
  // The plain text is the agent's name.
  await api.ask('mutation { registerAgent(input: {id: "x", name: "x", description: "x"}) { id } }');
  task = (await send(api, { sessionId: session, toAgentId: 'x', timeoutSeconds: 604_800 })).taskId;
});
afterAll(() => gateway.close());

const idFor = (name: string): string => (name.startsWith('delete') ? randomUUID() : name.includes('Memory') ? memory : name.includes('Task') ? task : session);
/** Rows of every table, once the work behind accepted mutations is done. */
const rows = () => until('no work is left', async () => {
  const counts = await countRows(gateway.composition.platform.database);
  return counts['jobs'] === 0 ? counts : null;
});
const CLOSED = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE']);

/** What is wrong with an answer that should be a clear refusal for `path`; null when nothing is. */
function fault(path: string, { body, text }: Awaited<ReturnType<ApiClient['send']>>): string | null {
  const [error] = body.errors ?? [];
  if (error === undefined) return 'was taken';
  const { code, field, traceId, reason } = error.extensions;
  if (!CLOSED.has(code)) return `was answered with ${code}`;
  if (traceId === undefined) return 'has no trace id';
  if (text.length > 3_000) return `was answered with ${text.length} characters`;
  if (/\bat .*\.[jt]s:\d|select |insert into|node_modules/i.test(text)) return 'shows internals';
  // Of a size beyond all sizes, the whole operation is to blame.
  if (code === 'BAD_USER_INPUT' && reason !== 'QUERY_TOO_COSTLY' && !(typeof field === 'string' && (path.startsWith(field) || field.startsWith(path)))) return `blames ${field}`;
  return null;
}
/** Ids that the caller may choose, or that only narrow a choice: there an unknown one is just what is wanted. */
const OWN_IDS = new Set(['createSession input.id', 'appendEvent event.id', 'appendEvents events.0.id', 'purgeMemories filter.sessionId', 'purgeMemories filter.ids.0']);
/** A document may be that long. */
const LONG_TEXTS = new Set(['addDocument input.content', 'importData input.data', 'addImportPart data']);

test('every place in every mutation refuses what it cannot take, names the field, and writes nothing', async () => {
  const before = await rows();
  const wrong: string[] = [];
  const untyped = new Set<string>();
  let tried = 0;
  for (const field of mutations) {
    const id = idFor(field.name);
    for (const argument of field.args) {
      const given = field.args.filter((other) => other === argument || isRequired(other));
      const document = documentOf('mutation', field, given);
      for (const place of places(argument.type, id, argument.name)) {
        const hostile = Object.entries(hostileFor(place.type));
        if (hostile.length === 0) untyped.add(String(place.type));
        for (const [name, value] of hostile) {
          const variables = Object.fromEntries(given.map((other) => [other.name, other === argument ? place.whole(value) : plainArgument(field.name, other, id)]));
          if (name === '500,000 characters' && LONG_TEXTS.has(`${field.name} ${place.path}`)) continue;
          if (name === 'an unknown id' && OWN_IDS.has(`${field.name} ${place.path}`)) continue;
          const problem = fault(place.path, await api.send(document, variables));
          if (problem !== null) wrong.push(`${field.name} ${place.path} (${name}) ${problem}`);
          tried += 1;
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect([...untyped]).toEqual([]);
  expect(tried).toBeGreaterThan(500);
  expect(await rows()).toEqual(before);
}, 120_000);

test('ten megabytes are refused to every mutation before they are read as GraphQL', async () => {
  const before = await rows();
  const huge = 'x'.repeat(10 * 1024 * 1024);
  for (const field of mutations) {
    const { status, body } = await api.send(documentOf('mutation', field, field.args), { [field.args[0]?.name ?? '']: huge });
    expect([field.name, status, body.errors[0].extensions]).toMatchObject([field.name, 413, { code: 'PAYLOAD_TOO_LARGE', reason: 'BODY_TOO_LARGE' }]);
  }
  expect(await rows()).toEqual(before);
});

test('what was refused was refused for that alone: with plain values, every mutation gets past the checks of its input', async () => {
  for (const field of mutations) {
    const given = field.args.filter(isRequired);
    const variables = Object.fromEntries(given.map((argument) => [argument.name, plainArgument(field.name, argument, idFor(field.name))]));
    const { body } = await api.send(documentOf('mutation', field, given), variables);
    expect([field.name, body.errors?.[0].extensions.code === 'BAD_USER_INPUT' ? body.errors : null]).toEqual([field.name, null]);
  }
});

test('a number beyond all numbers, and arguments that are not there, are refused by name', async () => {
  const post = async (body: string) => {
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return JSON.parse(await response.text()).errors[0].extensions;
  };
  const query = 'mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }';
  expect(await post(`{"query": ${JSON.stringify(query)}, "variables": {"input": {"scope": {"user_id": "ada"}, "fact": "x", "confidence": 1e999}}}`)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.confidence' });
  expect(await post(`{"query": ${JSON.stringify(query)}, "variables": {"input": {"scope": {"user_id": "ada"}}}}`)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.fact' });
  expect(await post(`{"query": ${JSON.stringify(query)}}`)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input' });
});

describe('text that is valid, however strange, comes back as it was given', () => {
  test.each([
    ['right-to-left marks and overrides', 'admin\u202e nimda \u200f\u2067שלום\u2069'],
    ['marks on marks', `Z${'\u0301\u0338'.repeat(60)}algo`],
    ['what takes no width', 'a\u200b\u200d\ufeffb'],
    ['planes beyond the first', '𝕬𝖉𝖆 👩‍👩‍👧‍👦 𠜎'],
    ['noncharacters and private ones', 'a\uffff\ufffe\ue000\u{10ffff}'],
    ['what is special elsewhere', `'; drop table memories; -- \\u0000 \\0 %00 \${x} {{x}} <script>`],
    ['controls other than NUL', 'a\u0001\u0008\u001b[31mred\u007f\u0085\u2028 end'],
  ])('%s', async (_, text) => {
    const sessionId = await newSession(api, { userId: text.slice(0, 100).toWellFormed(), metadata: { [text]: text } });
    await api.ask('mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id } }', { id: sessionId, event: { text, metadata: { text } } });
    const { session: read } = await api.ask('query($id: ID!) { session(id: $id) { metadata events { content { text } metadata } } }', { id: sessionId });
    expect(read).toEqual({ metadata: { [text]: text }, events: [{ content: [{ text }], metadata: { text } }] });
    const { createMemory } = await api.ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { fact scope } }', { input: { scope: { text }, fact: `Said: ${text}` } });
    expect(createMemory).toEqual({ fact: `Said: ${text}`, scope: { text } });
  });
});
