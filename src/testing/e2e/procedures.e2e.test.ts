import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { newId } from '../../kernel/ids';
import { planned } from '../../storage/sql';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { keyedClient } from './keyed-client';
import { newSession } from './memories';
import { procedures, use } from './procedures';

let gateway: Gateway;
let api: ApiClient;
let scope: { user_id: string };
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
}, 60_000);
afterAll(() => gateway.close());
beforeEach(() => { scope = { user_id: randomUUID() }; });

const sql = (text: string, values: readonly unknown[] = []) => gateway.composition.platform.database.query<Record<string, unknown>>(planned('test.procedures', text), values);
const UPDATE = 'mutation($id: ID!, $input: UpdateWorkflowInput!) { updateWorkflow(id: $id, input: $input) { name revision steps { action } } }';
const REMOVE = 'mutation($id: ID!) { deleteProcedure(id: $id) }';

describe('workflows, skills and trajectories', () => {
  it('are given back as they were written', async () => {
    const workflow = {
      name: 'Refund an order', description: 'Money back within a day.', successMetrics: [{ name: 'duration', target: 'under a day' }], learningPoints: ['Ask first.'], warnings: ['Never twice.'],
      steps: [{ action: 'look_up_order', reasoning: 'It must exist.', inputSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }, outputSchema: { $ref: '#/$defs/order', $defs: { order: { type: 'object' } } } }],
      metadata: { owner: 'shop' },
    };
    expect(await procedures.workflow(api, scope, workflow, 'name description steps { action reasoning inputSchema outputSchema } successMetrics { name target } learningPoints warnings metadata scope revision usageCount successCount successRate lastUsedAt isLearned candidateId'))
      .toEqual({ ...workflow, scope, revision: 1, usageCount: 0, successCount: 0, successRate: null, lastUsedAt: null, isLearned: false, candidateId: null });
    const skill = { name: 'greet', description: 'Says hello.', type: 'REASONING_PATTERN', implementation: { kind: 'PROMPT_TEMPLATE', language: null, body: 'Greet {{name}}.' } };
    expect(await procedures.skill(api, scope, skill, 'name description type implementation { kind language body }')).toEqual(skill);
    const trajectory = { agentId: 'clerk', task: 'Refund order 7', outcome: 'PARTIAL', learningPoints: ['Call ahead.'], steps: [{ thought: 'Hm.', action: 'look_up_order(id=7)', observation: 'paid', durationMs: 12 }] };
    expect(await procedures.trajectory(api, scope, trajectory, 'agentId task outcome learningPoints steps { thought action observation durationMs } session { id }')).toEqual({ ...trajectory, session: null });
  });

  it('are listed newest first, by pool, kind and page', async () => {
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4, 5]) ids.unshift((await procedures.workflow(api, { ...scope, project: 'attic' }, { name: `Workflow ${n}` })).id);
    const skill = await procedures.skill(api, scope);
    await procedures.skill(api, scope, { type: 'COORDINATION' });
    expect((await api.ask('query($scope: JSON!) { workflows(scope: $scope) { id } }', { scope })).workflows).toEqual([]);
    expect((await api.ask('query($scope: JSON!) { skills(scope: $scope, type: TOOL_USAGE) { id } }', { scope })).skills).toEqual([{ id: skill.id }]);
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { workflowsConnection: page }: Awaited<ReturnType<ApiClient['ask']>> = await api.ask(
        'query($scope: JSON!, $after: String) { workflowsConnection(scope: $scope, match: SUBSET, first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }', { scope, after });
      seen.push(...page.nodes.map(({ id }: { id: string }) => id));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(ids);
  });

  it('trajectories take the scope of their session and are found by agent, session and outcome', async () => {
    const sessionId = await newSession(api, { userId: 'ada', scope });
    const { id } = await procedures.trajectory(api, null, { sessionId, outcome: 'FAILURE' });
    await procedures.trajectory(api, scope, { agentId: 'other' });
    const query = 'query($scope: JSON!, $sessionId: ID) { trajectories(scope: $scope, sessionId: $sessionId, agentId: "clerk", outcome: FAILURE) { id scope session { id } } }';
    expect((await api.ask(query, { scope, sessionId })).trajectories).toEqual([{ id, scope, session: { id: sessionId } }]);
    expect(await api.refusal('mutation($input: CreateTrajectoryInput!) { createTrajectory(input: $input) { id } }', { input: { agentId: 'a', task: 't', outcome: 'SUCCESS', steps: [{ action: 'x' }], sessionId: newId() } }))
      .toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.sessionId' } });
  });

  it('keep every change as a revision, and go back to any of them', async () => {
    const { id } = await procedures.workflow(api, scope);
    await api.ask(UPDATE, { id, input: { name: 'Give money back', reason: 'Plainer.', expectedRevision: 1 } });
    expect((await api.ask(UPDATE, { id, input: { steps: [{ action: 'ask' }] } })).updateWorkflow).toEqual({ name: 'Give money back', revision: 3, steps: [{ action: 'ask' }] });
    expect(await api.refusal(UPDATE, { id, input: { name: 'x', expectedRevision: 2 } })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'VERSION_MISMATCH', field: 'input.expectedRevision' } });
    expect((await api.ask('mutation($id: ID!) { rollbackProcedure(id: $id, revision: 1) { ... on Workflow { name revision steps { action } } } }', { id })).rollbackProcedure)
      .toEqual({ name: 'Refund an order', revision: 4, steps: [{ action: 'look_up_order' }, { action: 'issue_refund' }] });
    const { workflow } = await api.ask('query($id: ID!) { workflow(id: $id) { revisions { revision action reason content } } }', { id });
    expect(workflow.revisions).toMatchObject([
      { revision: 4, action: 'ROLLED_BACK', content: { name: 'Refund an order' } }, { revision: 3, action: 'UPDATED' },
      { revision: 2, action: 'UPDATED', reason: 'Plainer.', content: { name: 'Give money back' } }, { revision: 1, action: 'CREATED' },
    ]);
    expect(await api.refusal('mutation($id: ID!) { rollbackProcedure(id: $id, revision: 9) { __typename } }', { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await api.refusal('mutation($id: ID!) { updateSkill(id: $id, input: {name: "x"}) { id } }', { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  it('are gone at once when deleted, history, uses and vectors too', async () => {
    const { id } = await procedures.workflow(api, scope, {}, 'id');
    const sessionId = await newSession(api, { userId: 'ada' });
    await use(api, id, { sessionId });
    await api.ask(REMOVE, { id });
    expect(await api.ask('query($id: ID!, $s: ID!, $scope: JSON!) { workflow(id: $id) { id } workflows(scope: $scope) { id } session(id: $s) { workflowsUsed { id } } }', { id, s: sessionId, scope }))
      .toEqual({ workflow: null, workflows: [], session: { workflowsUsed: [] } });
    for (const table of ['procedure_revisions', 'procedure_uses', 'procedure_stats', 'procedure_embeddings']) expect(await sql(`select 1 from ${table} where procedure_id = $1`, [id])).toEqual([]);
    const [stone] = await sql('select * from procedure_tombstones where procedure_id = $1', [id]);
    expect(JSON.stringify(stone)).not.toMatch(/order|refund/i);
    expect(await api.refusal(REMOVE, { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  it('repeated with the same key are one', async () => {
    const ask = 'mutation($input: CreateWorkflowInput!) { createWorkflow(input: $input, idempotencyKey: "once") { id } }';
    const input = { scope, name: 'Once', steps: [{ action: 'go' }] };
    const answers = await Promise.all([1, 2, 3].map(() => api.ask(ask, { input })));
    expect(new Set(answers.map(({ createWorkflow }) => createWorkflow.id)).size).toBe(1);
    expect(await api.refusal(ask, { input: { ...input, name: 'Twice' } })).toMatchObject({ extensions: { code: 'CONFLICT' } });
  });

  const step = (inputSchema: object) => ({ steps: [{ action: 'go', inputSchema }] });
  it.each([
    ['no steps', { steps: [] }, 'input.steps', undefined],
    ['an empty action', { steps: [{ action: 'a' }, { action: ' ' }] }, 'input.steps.1.action', undefined],
    ['a schema of an unknown type', step({ type: 'strange' }), 'input.steps.0.inputSchema', 'BAD_JSON_SCHEMA'],
    ['a schema whose properties are none', step({ properties: [1] }), 'input.steps.0.inputSchema', 'BAD_JSON_SCHEMA'],
    ['a schema of an unknown dialect', step({ $schema: 'https://example.com/schema' }), 'input.steps.0.inputSchema.$schema', 'BAD_JSON_SCHEMA'],
    ['a schema that is too large', step({ description: 'x'.repeat(17_000) }), 'input.steps.0.inputSchema', 'TOO_LARGE'],
    ['a name with NUL', { name: 'a\u0000' }, 'input.name', 'BAD_TEXT'],
  ])('are refused with %s, and nothing is written', async (_, input, field, reason) => {
    const refused = await api.refusal('mutation($input: CreateWorkflowInput!) { createWorkflow(input: $input) { id } }', { input: { scope, name: 'Bad', steps: [{ action: 'go' }], ...input } });
    expect(refused).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field, ...(reason === undefined ? {} : { reason }) } });
    expect((await api.ask('query($scope: JSON!) { workflows(scope: $scope) { id } }', { scope })).workflows).toEqual([]);
  });

  it.each(['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/schema'])('take schemas of %s', async ($schema) => {
    await procedures.workflow(api, scope, step({ $schema, type: 'object', properties: { id: { type: ['string', 'null'] } } }));
  });
});

describe('uses', () => {
  it('count together with their successes, however many come at once', async () => {
    const { id } = await procedures.skill(api, scope);
    await Promise.all(Array.from({ length: 40 }, (_, n) => use(api, id, { outcome: n % 4 === 0 ? 'FAILURE' : 'SUCCESS' })));
    expect((await api.ask('query($id: ID!) { skill(id: $id) { usageCount successCount successRate uses(first: 30) { nodes { outcome } pageInfo { hasNextPage } } } }', { id })).skill)
      .toMatchObject({ usageCount: 40, successCount: 30, successRate: 0.75, uses: { pageInfo: { hasNextPage: true } } });
  });

  it('told again are one, by key or by id', async () => {
    const { id } = await procedures.workflow(api, scope);
    const own = newId();
    await Promise.all([use(api, id, {}, 'k'), use(api, id, {}, 'k'), use(api, id, { id: own }), use(api, id, { id: own }), use(api, id, { id: own.toUpperCase() })]);
    expect((await api.ask('query($id: ID!) { workflow(id: $id) { usageCount successCount } }', { id })).workflow).toEqual({ usageCount: 2, successCount: 2 });
    const other = 'mutation($input: RecordProcedureUseInput!) { recordProcedureUse(input: $input) { id } }';
    expect(await api.refusal(other, { input: { id: own, procedureId: id, outcome: 'FAILURE' } })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'ALREADY_EXISTS', field: 'input.id' } });
    const { id: trajectory } = await procedures.trajectory(api, scope);
    expect(await api.refusal(other, { input: { procedureId: trajectory, outcome: 'SUCCESS' } })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'input.procedureId' } });
    expect(await api.refusal(other, { input: { procedureId: id, outcome: 'SUCCESS', sessionId: newId() } })).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.sessionId' } });
  });

  it('tell which workflows a session used, for many sessions in one statement', async () => {
    const [a, b] = [await procedures.workflow(api, scope, { name: 'A' }), await procedures.workflow(api, scope, { name: 'B' })];
    const skill = await procedures.skill(api, scope);
    const userId = randomUUID();
    const [first, second] = [await newSession(api, { userId }), await newSession(api, { userId })];
    for (const id of [a.id, a.id, b.id, skill.id]) await use(api, id, { sessionId: first });
    await use(api, b.id, { sessionId: second });
    const spy = jest.spyOn(gateway.composition.platform.database, 'query');
    const { sessions } = await api.ask('query($userId: String) { sessions(userId: $userId) { workflowsUsed { name } workflowsUsedConnection(first: 1) { nodes { name } pageInfo { hasNextPage } } } }', { userId });
    const statements = spy.mock.calls.filter(([{ name }]) => name === 'procedure.workflowsOfSessions').length;
    spy.mockRestore();
    expect(sessions).toEqual([
      { workflowsUsed: [{ name: 'B' }], workflowsUsedConnection: { nodes: [{ name: 'B' }], pageInfo: { hasNextPage: false } } },
      { workflowsUsed: [{ name: 'A' }, { name: 'B' }], workflowsUsedConnection: { nodes: [{ name: 'A' }], pageInfo: { hasNextPage: true } } },
    ]);
    // One for each set of arguments.
    expect(statements).toBe(2);
  });
});

test('a key limited to scopes sees and changes what lies in them alone', async () => {
  const keyed = await startTestGateway({ auth: { kind: 'keys' } });
  try {
    const [all, limited] = [await keyedClient(keyed, 'acme'), await keyedClient(keyed, 'acme', [{ user_id: 'mara' }])];
    const [mine, other] = [await procedures.workflow(all, { user_id: 'mara', project: 'x' }), await procedures.workflow(all, { user_id: 'otto' })];
    expect(await limited.ask('query($a: ID!, $b: ID!) { a: workflow(id: $a) { id } b: workflow(id: $b) { id } all: workflows(scope: {project: "x"}, match: SUBSET) { id } }', { a: mine.id, b: other.id }))
      .toEqual({ a: { id: mine.id }, b: null, all: [{ id: mine.id }] });
    for (const refused of [
      await limited.refusal(UPDATE, { id: other.id, input: { name: 'x' } }), await limited.refusal(REMOVE, { id: other.id }),
      await limited.refusal('mutation($id: ID!) { recordProcedureUse(input: {procedureId: $id, outcome: SUCCESS}) { id } }', { id: other.id }),
    ]) expect(refused).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await limited.refusal('{ workflows(scope: {user_id: "otto"}) { id } }')).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await limited.refusal('mutation { createWorkflow(input: {scope: {user_id: "otto"}, name: "x", steps: [{action: "x"}]}) { id } }')).toMatchObject({ extensions: { code: 'FORBIDDEN', field: 'input.scope' } });
  } finally {
    await keyed.close();
  }
}, 60_000);
