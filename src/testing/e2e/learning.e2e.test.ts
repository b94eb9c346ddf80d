import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { newId } from '../../kernel/ids';
import { startTestGateway } from '../gateway';
import { answer, startScriptedModel } from '../scripted-model';
import { generatedTrajectories, HIDDEN } from '../trajectories';
import { createApiClient, type ApiClient } from './client';
import { candidatesOf, distill, keep } from './learning';
import { seededRandom } from './random';

const ACCEPT = 'mutation($id: ID!) { acceptProcedureCandidate(id: $id) { status workflow { id isLearned name revisions { action } } skill { id isLearned } } }';
const REJECT = 'mutation($id: ID!, $reason: String) { rejectProcedureCandidate(id: $id, reason: $reason) { status reason } }';
const REMOVE = 'mutation($id: ID!) { deleteProcedure(id: $id) }';

let gateway: Gateway;
let api: ApiClient;
let scope: { user_id: string };
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
}, 60_000);
afterAll(() => gateway.close());
beforeEach(() => { scope = { user_id: randomUUID() }; });

const STEPS = ['open_ticket', 'fetch_invoice', 'issue_credit', 'notify_customer'];
const times = (count: number, actions: readonly string[], outcome: 'SUCCESS' | 'FAILURE' = 'SUCCESS') => Array.from({ length: count }, (_, n) => ({ actions: actions.map((action) => `${action}(id=${n})`), outcome }));

test('200 trajectories give the hidden pattern and only it, with its evidence; the same run again changes nothing', async () => {
  const ids = await keep(api, scope, generatedTrajectories(seededRandom(42)));
  expect(await distill(api, scope, { minSupport: 10 })).toMatchObject({ status: 'COMPLETED', phase: 'DONE', progress: 1, trajectories: 200, isLimited: false, proposed: 1, error: null });
  const candidates = await candidatesOf(api, scope);
  expect(candidates).toHaveLength(1);
  const [candidate] = candidates;
  expect(candidate).toMatchObject({
    status: 'PROPOSED', describedBy: 'offline', workflow: null, skill: null, skillDraft: { type: 'TOOL_USAGE', implementation: { kind: 'PROMPT_TEMPLATE' } },
    workflowDraft: { name: 'Credit the customer', steps: HIDDEN.map((action) => ({ action })) },
  });
  expect(candidate.support).toBeGreaterThanOrEqual(28);
  expect(candidate.support).toBeLessThanOrEqual(32);
  for (const { trajectoryId, fromStep, toStep, outcome, trajectory } of candidate.evidence) {
    expect(ids).toContain(trajectoryId);
    expect(toStep).toBeGreaterThanOrEqual(fromStep);
    expect(trajectory).toEqual({ outcome });
  }
  await distill(api, scope, { minSupport: 10 });
  expect(await candidatesOf(api, scope)).toEqual(candidates);
}, 180_000);

test('an accepted candidate is a learnt workflow and skill, found by search, and not proposed again, nor when it is deleted', async () => {
  await keep(api, scope, times(5, STEPS));
  await distill(api, scope);
  const [{ id }] = await candidatesOf(api, scope);
  const [{ acceptProcedureCandidate: accepted }] = await Promise.all([api.ask(ACCEPT, { id }), api.ask(ACCEPT, { id }), api.ask(ACCEPT, { id })]);
  expect(accepted).toMatchObject({ status: 'ACCEPTED', workflow: { isLearned: true, revisions: [{ action: 'LEARNED' }] }, skill: { isLearned: true } });
  expect((await api.ask('query($scope: JSON!) { workflows(scope: $scope) { id } skills(scope: $scope) { id } }', { scope }))).toEqual({ workflows: [{ id: accepted.workflow.id }], skills: [{ id: accepted.skill.id }] });
  const { searchProcedures } = await api.ask('query($scope: JSON!) { searchProcedures(scope: $scope, query: "issue a credit", kinds: [WORKFLOW]) { hits { procedure { ... on Workflow { id } } } } }', { scope });
  expect(searchProcedures.hits).toEqual([{ procedure: { id: accepted.workflow.id } }]);
  expect(await api.refusal(REJECT, { id })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'CANDIDATE_ACCEPTED' } });
  await keep(api, scope, times(2, STEPS));
  expect(await distill(api, scope)).toMatchObject({ status: 'COMPLETED', proposed: 0 });
  await api.ask(REMOVE, { id: accepted.workflow.id });
  expect(await distill(api, scope)).toMatchObject({ proposed: 0 });
  expect(await candidatesOf(api, scope)).toMatchObject([{ id, status: 'ACCEPTED', workflow: null, workflowDraft: null, evidence: [] }]);
}, 120_000);

test('a rejected pattern does not come back, nor does one that is nearly the same', async () => {
  await keep(api, scope, times(5, STEPS));
  await distill(api, scope);
  const [{ id }] = await candidatesOf(api, scope);
  expect((await api.ask(REJECT, { id, reason: 'We do it otherwise.' })).rejectProcedureCandidate).toEqual({ status: 'REJECTED', reason: 'We do it otherwise.' });
  expect(await api.refusal(ACCEPT, { id })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'CANDIDATE_REJECTED' } });
  await keep(api, scope, times(6, [...STEPS, 'close_ticket']));
  expect(await distill(api, scope)).toMatchObject({ proposed: 0 });
  expect(await candidatesOf(api, scope)).toMatchObject([{ id, status: 'REJECTED' }]);
  expect(await candidatesOf(api, scope, 'PROPOSED')).toEqual([]);
}, 120_000);

test('a workflow that was written and deleted is not learnt', async () => {
  const { createWorkflow: { id } } = await api.ask('mutation($input: CreateWorkflowInput!) { createWorkflow(input: $input) { id } }', { input: { scope, name: 'Credit', steps: STEPS.map((action) => ({ action })) } });
  await api.ask(REMOVE, { id });
  await keep(api, scope, times(5, STEPS));
  expect(await distill(api, scope)).toMatchObject({ proposed: 0 });
}, 60_000);

test('failures that began alike are warnings, with their evidence', async () => {
  await keep(api, scope, times(6, STEPS));
  const failed = await keep(api, scope, times(3, ['open_ticket', 'fetch_invoice', 'guess_amount'], 'FAILURE'));
  await distill(api, scope);
  const [candidate] = await candidatesOf(api, scope);
  expect(candidate).toMatchObject({ support: 6, confidence: 1, workflowDraft: { warnings: ['After “fetch invoice” it failed with “guess amount” instead of “issue credit” (3 times): “the ledger was locked”.'] } });
  expect(candidate.evidence.filter(({ isWhole }: { isWhole: boolean }) => !isWhole).map(({ trajectoryId }: { trajectoryId: string }) => trajectoryId).sort()).toEqual([...failed].sort());
}, 60_000);

test('what fails as often as it succeeds is no candidate, and a deleted trajectory takes its proposal along', async () => {
  await keep(api, scope, [...times(4, STEPS), ...times(4, STEPS, 'FAILURE')]);
  expect(await distill(api, scope)).toMatchObject({ proposed: 0 });
  const other = { user_id: randomUUID() };
  const [first = ''] = await keep(api, other, times(3, STEPS));
  expect(await distill(api, other)).toMatchObject({ proposed: 1 });
  await api.ask(REMOVE, { id: first });
  expect(await candidatesOf(api, other)).toEqual([]);
  expect(await distill(api, other)).toMatchObject({ proposed: 0 });
}, 60_000);

test.each([[{ minSupport: 1 }, 'minSupport'], [{ minConfidence: 1.5 }, 'minConfidence']])('refuses %j', async (options, field) => {
  expect(await api.refusal('mutation($scope: JSON!, $minSupport: Int, $minConfidence: Float) { distillProcedures(scope: $scope, minSupport: $minSupport, minConfidence: $minConfidence) { id } }', { scope, ...options }))
    .toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  expect(await api.refusal(ACCEPT, { id: newId() })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
});

test('a model finds the words, once for the same evidence', async () => {
  const words = { name: 'Credit a customer', description: 'When money is owed.', learning_points: ['Fetch the invoice first.'], warnings: [] };
  const model = await startScriptedModel(answer(words));
  const modelled = await startTestGateway({ chat: { kind: 'openai', models: [{ baseUrl: model.url, apiKey: '', model: 'scripted' }], temperature: null, maxTokens: 4096, timeoutMs: 10_000 } });
  try {
    const client = createApiClient(modelled.url);
    await keep(client, scope, times(4, STEPS));
    expect(await distill(client, scope)).toMatchObject({ status: 'COMPLETED', proposed: 1 });
    await distill(client, scope);
    expect(await candidatesOf(client, scope)).toMatchObject([{
      describedBy: expect.stringContaining('scripted'), support: 4,
      workflowDraft: { name: 'Credit a customer', description: 'When money is owed.', learningPoints: ['Fetch the invoice first.'], warnings: [], steps: STEPS.map((action) => ({ action })) },
    }]);
    expect(model.requests.filter(({ schemaName }) => schemaName === 'workflow_description')).toHaveLength(1);
  } finally {
    await modelled.close();
    await model.close();
  }
}, 60_000);
