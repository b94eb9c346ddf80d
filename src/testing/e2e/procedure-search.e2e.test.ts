import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { planned } from '../../storage/sql';
import { startTestGateway } from '../gateway';
import { startScriptedModel, type ScriptedModel } from '../scripted-model';
import { createApiClient, type ApiClient } from './client';
import { procedures, use } from './procedures';
import { until } from './until';

const SEARCH = `query($scope: JSON!, $query: String!, $kinds: [ProcedureKind!], $first: Int) { searchProcedures(scope: $scope, query: $query, kinds: $kinds, first: $first) {
  degraded hits { kind score procedure { ... on Workflow { id name } ... on Skill { id name } ... on Trajectory { id task } } explanation { vector lexical matchedWords parts notes } } } }`;
const search = async (api: ApiClient, scope: object, query: string, options: object = {}) => (await api.ask(SEARCH, { scope, query, ...options })).searchProcedures;
const idsOf = ({ hits }: { hits: readonly { procedure: { id: string } }[] }): string[] => hits.map(({ procedure }) => procedure.id);

describe('searching without a model', () => {
  let gateway: Gateway;
  let api: ApiClient;
  let scope: { user_id: string };
  beforeAll(async () => {
    gateway = await startTestGateway();
    api = createApiClient(gateway.url);
  }, 60_000);
  afterAll(() => gateway.close());
  beforeEach(() => { scope = { user_id: randomUUID() }; });

  it('finds all three kinds by their words, also within names and calls', async () => {
    const [workflow, skill, trajectory] = [await procedures.workflow(api, scope), await procedures.skill(api, scope, { name: 'refundCalculator' }), await procedures.trajectory(api, scope, { task: 'Refund order 7' })];
    await procedures.workflow(api, scope, { name: 'Water the plants', steps: [{ action: 'fill_can' }] });
    await procedures.workflow(api, { user_id: randomUUID() });
    const found = await search(api, scope, 'How do I refund something?');
    expect(idsOf(found).sort()).toEqual([workflow.id, skill.id, trajectory.id].sort());
    expect(found.hits.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['SKILL', 'TRAJECTORY', 'WORKFLOW']);
    expect(found.hits[0]).toMatchObject({ explanation: { vector: null, lexical: expect.any(Number), matchedWords: expect.arrayContaining(['refund']) } });
    expect(idsOf(await search(api, scope, 'refund', { kinds: ['SKILL'] }))).toEqual([skill.id]);
    expect(idsOf(await search(api, scope, 'look up an order', { first: 1 }))).toHaveLength(1);
    expect(idsOf(await search(api, scope, 'refnud'))).toHaveLength(3);
  });

  it('prefers of equals what went well', async () => {
    const [bad, good] = [await procedures.workflow(api, scope), await procedures.workflow(api, scope)];
    await use(api, bad.id, { outcome: 'FAILURE' });
    await use(api, good.id, { outcome: 'SUCCESS' });
    const found = await search(api, scope, 'refund');
    expect(idsOf(found)).toEqual([good.id, bad.id]);
    expect(found.hits[0].explanation.parts).toEqual({ success: 1 });
  });

  it('finds the words of now, never those of before or of what is deleted', async () => {
    const { id } = await procedures.workflow(api, scope, { name: 'Polish the zeppelin' });
    await api.ask('mutation($id: ID!) { updateWorkflow(id: $id, input: {name: "Polish the submarine"}) { id } }', { id });
    expect(idsOf(await search(api, scope, 'zeppelin'))).toEqual([]);
    expect(idsOf(await search(api, scope, 'submarine'))).toEqual([id]);
    await api.ask('mutation($id: ID!) { deleteProcedure(id: $id) }', { id });
    expect(idsOf(await search(api, scope, 'submarine'))).toEqual([]);
    await gateway.composition.maintenance?.sweep();
    const words = await gateway.composition.platform.database.query<{ lexeme: string }>(planned('test.words', `select lexeme from lexicon where corpus = 'procedures' and lexeme like 'submarin%'`), []);
    expect(words).toEqual([]);
  });

  it('gives the newest for a query without a word', async () => {
    const ids = [(await procedures.workflow(api, scope)).id, (await procedures.skill(api, scope)).id];
    expect(idsOf(await search(api, scope, '???'))).toEqual(ids.reverse());
  });

  it.each([['an empty query', { query: '' }, 'query'], ['no kind', { kinds: [] }, 'kinds'], ['too many', { first: 101 }, 'first']])('refuses %s', async (_, options, field) => {
    expect(await api.refusal(SEARCH, { scope, query: 'x', ...options })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  });
});

describe('searching by meaning', () => {
  let model: ScriptedModel;
  let gateway: Gateway;
  let api: ApiClient;
  /** Money one way, plants the other. */
  const vectorOf = (text: string): number[] => (/refund|money|reimburse/i.test(text) ? [1, 0.05, 0] : [0.05, 1, 0]);
  beforeAll(async () => {
    model = await startScriptedModel(({ inputs }) => ({
      body: { object: 'list', model: 'tiny', data: inputs.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) })), usage: { prompt_tokens: 1, total_tokens: 1 } },
    }));
    gateway = await startTestGateway({ embedding: { kind: 'openai', baseUrl: model.url, apiKey: '', model: 'tiny', dimension: 3, timeoutMs: 5000 } });
    api = createApiClient(gateway.url);
  }, 60_000);
  afterAll(async () => {
    await gateway.close();
    await model.close();
  });

  it('finds what says the same in other words, and follows a change of them', async () => {
    const scope = { user_id: randomUUID() };
    const refund = await procedures.workflow(api, scope);
    const water = await procedures.skill(api, scope, { name: 'watering', implementation: { kind: 'PROMPT_TEMPLATE', body: 'Fill the can.' } });
    await until('both are embedded', async () => (await search(api, scope, 'reimburse')).degraded.length === 0);
    const found = await search(api, scope, 'reimburse');
    expect(found.hits[0]).toMatchObject({ procedure: { id: refund.id }, explanation: { lexical: null, vector: expect.closeTo(1, 2) } });
    await api.ask('mutation($id: ID!) { updateSkill(id: $id, input: {description: "Money back."}) { id } }', { id: water.id });
    await until('the new words are embedded', async () => (await search(api, scope, 'reimburse')).degraded.length === 0);
    const again = await search(api, scope, 'reimburse');
    expect(again.hits.every(({ explanation }: { explanation: { vector: number } }) => explanation.vector > 0.9)).toBe(true);
    await api.ask('mutation($id: ID!) { deleteProcedure(id: $id) }', { id: refund.id });
    expect(idsOf(await search(api, scope, 'reimburse'))).toEqual([water.id]);
  });
});
