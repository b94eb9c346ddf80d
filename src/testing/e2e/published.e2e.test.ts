import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { follow } from './follower';
import { hold, memoriesOf, untilEnded } from './memories';
import { until } from './until';

/** The documents of the published schema, word for word: applications hold them and are never asked again. */
let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

test('createSession(input) and appendEvent(sessionId, event), then session(id) with its events and state', async () => {
  const { createSession } = await api.ask(`mutation CreateSession($input: CreateSessionInput!) { createSession(input: $input) { id userId agentId scope createdAt } }`,
    { input: { userId: 'ada', agentId: 'guide', scope: { user_id: 'ada' } } });
  expect(createSession).toMatchObject({ userId: 'ada', agentId: 'guide', scope: { user_id: 'ada' } });
  const { appendEvent } = await api.ask(`mutation AppendEvent($sessionId: ID!, $event: EventInput!) { appendEvent(sessionId: $sessionId, event: $event) { id } }`,
    { sessionId: createSession.id, event: { author: 'USER', text: 'Hello', actions: { stateDelta: { mood: 'fine' } } } });
  const { session } = await api.ask('query($id: ID!){ session(id:$id){ id userId agentId scope events{ id author content { text } } state createdAt updatedAt } }', { id: createSession.id });
  expect(session).toEqual({
    id: createSession.id, userId: 'ada', agentId: 'guide', scope: { user_id: 'ada' }, state: { mood: 'fine' },
    events: [{ id: appendEvent.id, author: 'USER', content: [{ text: 'Hello' }] }],
    createdAt: createSession.createdAt, updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
});

test('sessions(userId, limit, offset)', async () => {
  for (let n = 0; n < 3; n += 1) await hold(api, [], { userId: 'lists' });
  const { sessions } = await api.ask('query Sessions($userId: String, $limit: Int, $offset: Int) { sessions(userId: $userId, limit: $limit, offset: $offset) { id userId } }', { userId: 'lists', limit: 2, offset: 1 });
  expect(sessions).toHaveLength(2);
  expect((await api.ask('{ sessions(userId: "lists", limit: 10, offset: 0) { id } }')).sessions.slice(1)).toEqual(sessions.map(({ id }: { id: string }) => ({ id })));
});

test('generateMemories(input), followed by memoryGenerationProgress(jobId); then memory(id) and searchMemories(scope, query, topK)', async () => {
  const scope = { user_id: 'mara' };
  const sessionId = await hold(api, CONVERSATION, { userId: 'mara', scope });
  const { generateMemories: job } = await api.ask('mutation Generate($input: GenerateMemoriesInput!) { generateMemories(input: $input) { id status } }', { input: { sessionId, scope } });
  expect(job).toMatchObject({ id: expect.any(String), status: 'PENDING' });
  const progress = follow(gateway.url, 'subscription($jobId: ID!) { memoryGenerationProgress(jobId: $jobId) { status progress } }', { jobId: job.id });
  expect(await progress.end).toEqual({ error: null });
  await progress.close();
  expect(progress.items.at(-1)).toEqual({ data: { memoryGenerationProgress: { status: 'COMPLETED', progress: 1 } } });
  expect(await untilEnded(api, job.id)).toMatchObject({ status: 'COMPLETED' });

  const { searchMemories } = await api.ask('query Search($scope: JSON!, $query: String!, $topK: Int) { searchMemories(scope: $scope, query: $query, topK: $topK) { id scope fact topic confidence createdAt } }', { scope, query: 'What is Mara allergic to?', topK: 3 });
  expect(searchMemories.length).toBeLessThanOrEqual(3);
  expect(searchMemories[0]).toMatchObject({ scope, fact: 'Mara is allergic to walnuts.', topic: expect.any(String) });
  const { memory } = await api.ask('query($id: ID!) { memory(id: $id) { id scope fact topic confidence revisions { revision action fact createdAt } createdAt } }', { id: searchMemories[0].id });
  expect(memory).toEqual({ ...searchMemories[0], revisions: [{ revision: 1, action: 'GENERATED_CREATED', fact: 'Mara is allergic to walnuts.', createdAt: expect.any(String) }] });
  expect((await api.ask('query($scope: JSON!) { searchMemories(scope: $scope, query: "walnuts") { id } }', { scope: { user_id: 'nobody' } })).searchMemories).toEqual([]);
});

test('what a mutation wrote is in recall and in the context block that wait for its token', async () => {
  const scope = { user_id: 'token' };
  const sessionId = await hold(api, CONVERSATION, { userId: 'token', scope });
  const { body } = await api.send('mutation($input: GenerateMemoriesInput!) { generateMemories(input: $input) { id } }', { input: { sessionId } });
  const waitFor = body.extensions.consistencyToken;
  const { recall } = await api.ask('query($input: RecallInput!) { recall(input: $input) { degraded hits { kind score memory { fact } event { id } } } }', { input: { scopes: [{ scope }], query: 'What is Mara allergic to?', kinds: ['MEMORY', 'EVENT'], waitFor, waitMs: 30_000 } });
  expect(recall.degraded).not.toContain('PENDING_WRITES');
  expect(recall.hits.map(({ memory }: { memory: { fact: string } | null }) => memory?.fact)).toContain('Mara is allergic to walnuts.');
  const { context } = await api.ask('query($input: ContextInput!) { context(input: $input) { text tokens budgetTokens items { layer kind } degraded } }', { input: { sessionId, query: 'What is Mara allergic to?', waitFor, budgetTokens: 1000 } });
  expect(context.text).toContain('allergic to walnuts');
  expect(context.tokens).toBeLessThanOrEqual(1000);
  expect((await memoriesOf(api, scope)).length).toBeGreaterThan(15);
});

test('sessionEvents(sessionId)', async () => {
  const sessionId = await hold(api, [], { userId: 'ada' });
  const follower = follow(gateway.url, 'subscription($sessionId: ID!) { sessionEvents(sessionId: $sessionId) { event { author content { text } } } }', { sessionId });
  // Without a cursor only what comes after the subscription is delivered, and only the first item says that it has begun.
  await until('the subscription delivers', async () => {
    await api.ask('mutation($sessionId: ID!) { appendEvent(sessionId: $sessionId, event: {author: AGENT, text: "Hello"}) { id } }', { sessionId });
    return follower.items.length > 0;
  });
  expect(follower.items[0]).toEqual({ data: { sessionEvents: { event: { author: 'AGENT', content: [{ text: 'Hello' }] } } } });
  await follower.close();
});
