import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import type { ApiClient } from './client';
import { keyedClient } from './keyed-client';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway({ auth: { kind: 'keys' } });
  api = await clientOf([]);
}, 60_000);
afterAll(() => gateway.close());

const clientOf = (scopeLimits: readonly object[]): Promise<ApiClient> => keyedClient(gateway, 'preferences', scopeLimits);
const READ = 'query($userId: String, $agentId: String) { preferences(userId: $userId, agentId: $agentId) { userId agentId values version } }';
const PATCH = 'mutation($userId: String, $agentId: String, $patch: JSONObject!, $v: Int, $key: String) { patchPreferences(input: {userId: $userId, agentId: $agentId, patch: $patch, expectedVersion: $v}, idempotencyKey: $key) { values version updatedAt } }';
const patch = async (owner: object, values: object, more: object = {}) => (await api.ask(PATCH, { ...owner, patch: values, ...more })).patchPreferences;

describe('preferences', () => {
  it('of a user are the user: state of all sessions, read and written without one', async () => {
    expect((await api.ask(READ, { userId: 'ann' })).preferences).toEqual({ userId: 'ann', agentId: null, values: {}, version: 0 });
    expect(await patch({ userId: 'ann' }, { language: 'English', units: { length: 'm' } })).toMatchObject({ version: 1 });
    const { createSession } = await api.ask('mutation { createSession(input: {userId: "ann", state: {step: 1}}) { id state } }');
    expect(createSession.state).toEqual({ step: 1, 'user:language': 'English', 'user:units': { length: 'm' } });
    await api.ask('mutation($id: ID!) { patchSessionState(sessionId: $id, patch: {_: null}) { id } }', { id: createSession.id });
    await api.ask('mutation($id: ID!, $patch: JSONObject!) { patchSessionState(sessionId: $id, patch: $patch) { id } }', { id: createSession.id, patch: { 'user:language': null, 'user:tone': 'short' } });
    expect((await api.ask(READ, { userId: 'ann' })).preferences).toMatchObject({ values: { tone: 'short', units: { length: 'm' } }, version: 2 });
    expect(await patch({ userId: 'ann' }, { units: { weight: 'kg' } })).toMatchObject({ values: { tone: 'short', units: { length: 'm', weight: 'kg' } }, version: 3 });
  });

  it('of an agent stand in the context of its sessions, and a change is seen at once', async () => {
    await patch({ agentId: 'guide' }, { tone: 'formal' });
    const { createSession: { id } } = await api.ask('mutation { createSession(input: {userId: "bo", agentId: "guide"}) { id } }');
    const text = async (): Promise<string> => (await api.ask('query($id: ID!) { context(input: {sessionId: $id, query: "hello"}) { text } }', { id })).context.text;
    for (let twice = 0; twice < 2; twice += 1) expect(await text()).toContain('agent:tone: formal');
    await patch({ agentId: 'guide' }, { tone: 'warm' });
    expect(await text()).toContain('agent:tone: warm');
  });

  it('keep to versions and keys, and lose none of many changes at once', async () => {
    expect(await patch({ userId: 'cy' }, { a: 1 }, { v: 0, key: 'once' })).toMatchObject({ version: 1 });
    expect(await patch({ userId: 'cy' }, { a: 1 }, { v: 0, key: 'once' })).toMatchObject({ version: 1 });
    expect(await api.refusal(PATCH, { userId: 'cy', patch: { a: 2 }, v: 0 })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'VERSION_MISMATCH' } });
    await Promise.all(Array.from({ length: 20 }, (_, n) => patch({ userId: 'dee' }, { [`k${n}`]: n })));
    expect((await api.ask(READ, { userId: 'dee' })).preferences).toMatchObject({ version: 20, values: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, n])) });
  });

  it.each([
    ['no owner', {}, { a: 1 }, 'input.userId'],
    ['two owners', { userId: 'a', agentId: 'b' }, { a: 1 }, 'input.agentId'],
    ['an empty owner', { agentId: '' }, { a: 1 }, 'input.agentId'],
    ['a prefixed key', { userId: 'a' }, { 'user:a': 1 }, 'input.patch'],
    ['too much', { userId: 'a' }, { a: 'x'.repeat(300_000) }, 'input.patch'],
  ])('refuse %s', async (_, owner, values, field) => {
    expect(await api.refusal(PATCH, { ...owner, patch: values })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  });

  it('are within the limits of a key', async () => {
    await patch({ userId: 'eve' }, { secret: 'walnut' });
    const limited = await clientOf([{ user_id: 'fay' }]);
    expect(await limited.refusal(READ, { userId: 'eve' })).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await limited.refusal(PATCH, { userId: 'eve', patch: { a: 1 } })).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await limited.refusal(PATCH, { agentId: 'guide', patch: { a: 1 } })).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect((await limited.ask(PATCH, { userId: 'fay', patch: { a: 1 } })).patchPreferences.values).toEqual({ a: 1 });
  });
});

describe('the sensory buffer', () => {
  const READ_TURNS = 'query($id: ID!, $last: Int) { sensoryBuffer(sessionId: $id, last: $last) { seq content { text } } }';

  it('gives the last turns by one statement while nothing is written, and what was written at once', async () => {
    const { createSession: { id } } = await api.ask('mutation { createSession(input: {userId: "gus"}) { id } }');
    const say = (n: number) => api.ask('mutation($id: ID!, $text: String) { appendEvent(sessionId: $id, event: {author: USER, text: $text}) { seq } }', { id, text: `Turn ${n}` });
    for (let n = 1; n <= 12; n += 1) await say(n);
    const seqs = async (last: number | null = null): Promise<number[]> => (await api.ask(READ_TURNS, { id, last })).sensoryBuffer.map(({ seq }: { seq: number }) => seq);
    expect(await seqs()).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const spy = jest.spyOn(gateway.composition.platform.database, 'query');
    expect(await seqs(3)).toEqual([10, 11, 12]);
    const labels = spy.mock.calls.map(([{ name = '' }]) => name).filter((name) => /^(version|event|session)\./.test(name));
    spy.mockRestore();
    expect(labels).toEqual(['version.ofSessions']);
    await say(13);
    expect(await seqs(2)).toEqual([12, 13]);
    const limited = await clientOf([{ user_id: 'other' }]);
    expect(await limited.refusal(READ_TURNS, { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await api.refusal(READ_TURNS, { id, last: 51 })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'last' } });
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id });
    expect(await api.refusal(READ_TURNS, { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });
});
