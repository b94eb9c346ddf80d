import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import type { ApiClient } from './client';
import { keyedClient } from './keyed-client';
import { candidatesOf, distill, keep } from './learning';
import { newSession } from './memories';
import { procedures, use } from './procedures';

const CONTEXT = `query($input: ContextInput!) { context(input: $input) {
  text tokens stablePrefixHash items { layer kind id procedureId citation text tokens relevance recency importance score why }
  leftOut { layer reason count examples { kind id text } } openai: rendered(format: OPENAI) anthropic: rendered(format: ANTHROPIC) } }`;

let gateway: Gateway;
let api: ApiClient;
let scope: { user_id: string };
beforeAll(async () => {
  gateway = await startTestGateway({ auth: { kind: 'keys' } });
  api = await clientOf();
}, 60_000);
afterAll(() => gateway.close());
beforeEach(() => { scope = { user_id: randomUUID() }; });

const clientOf = (scopeLimits?: readonly object[]): Promise<ApiClient> => keyedClient(gateway, 'context', scopeLimits, ['writer']);
const context = async (query: string, more: object = {}, client = api) => (await client.ask(CONTEXT, { input: { scopes: [{ scope }], query, ...more } })).context;
const idsOf = ({ items }: { items: readonly { procedureId: string | null }[] }): (string | null)[] => items.map(({ procedureId }) => procedureId);
/** Ways that have no step in common. */
const THINGS = ['boat', 'apple', 'chair', 'ticket', 'lamp', 'carpet', 'violin', 'saddle', 'candle', 'kettle', 'mirror', 'ladder'];
const VERBS = ['weigh', 'photograph', 'unpack', 'register', 'inspect', 'return'];
const refundOf = (n: number) => procedures.workflow(api, scope, { name: `Refund a ${THINGS[n]}`, steps: VERBS.map((verb) => ({ action: `${verb}${THINGS[n]}${n}` })) });

describe('procedures in a context block', () => {
  it('are workflows with steps and warnings, skills with their code, trajectories with what they taught, each cited', async () => {
    const workflow = await procedures.workflow(api, scope, { description: 'When goods came back', learningPoints: ['Ask for the receipt first'], warnings: ['Never refund twice'] });
    await use(api, workflow.id, { outcome: 'SUCCESS' });
    const skill = await procedures.skill(api, scope, { name: 'refund_amount', description: 'How much a refund is', implementation: { kind: 'CODE', language: 'python', body: 'def amount(order):\n    return order.paid' } });
    const taught = await procedures.trajectory(api, scope, { task: 'Refund order 7', outcome: 'FAILURE', learningPoints: ['The ledger locks at night'] });
    const bare = await procedures.trajectory(api, scope, { task: 'Refund order 8' });
    await procedures.workflow(api, scope, { name: 'Water the plants', steps: [{ action: 'fill_can' }] });
    const block = await context('How do I refund an order?');
    const lines = Object.fromEntries(block.items.map((item: { id: string; text: string }) => [item.id, item.text]));
    expect(lines).toEqual({
      [workflow.id]: 'Workflow “Refund an order”: When goods came back. Steps: 1. look_up_order, 2. issue_refund. Learnt: Ask for the receipt first. Beware: Never refund twice. Went well 1 of 1 time.',
      [skill.id]: 'Skill “refund_amount”: How much a refund is. (tool usage) Code in python: def amount(order): return order.paid',
      [taught.id]: 'Trajectory “Refund order 7”: it failed. Learnt: The ledger locks at night.',
      [bare.id]: 'Trajectory “Refund order 8”: it went well. Steps: 1. look_up_order(id=7).',
    });
    expect(block.text).toContain('## Procedures\n[p1] ');
    for (const item of block.items) expect(block.text).toContain(`${item.citation} ${item.text}\n`);
    expect(block.items.find(({ id }: { id: string }) => id === workflow.id)).toMatchObject({ layer: 'PROCEDURAL', kind: 'WORKFLOW', procedureId: workflow.id, importance: 2 / 3, why: expect.stringContaining('refund') });
    expect(JSON.stringify([block.openai, block.anthropic]).split('Never refund twice')).toHaveLength(3);
  });

  it('stand behind the stable part: a new one changes no byte of it', async () => {
    const sessionId = await newSession(api, { userId: scope.user_id, state: { step: 'asking' } });
    const before = (await api.ask(CONTEXT, { input: { sessionId, query: 'refund' } })).context;
    await procedures.workflow(api, scope);
    const after = (await api.ask(CONTEXT, { input: { sessionId, query: 'refund' } })).context;
    expect([before.items.length, after.items.length]).toEqual([1, 2]);
    expect(after.stablePrefixHash).toBe(before.stablePrefixHash);
  });

  it('keep to their budget, and what does not fit or is said already is told', async () => {
    for (let n = 0; n < 12; n += 1) await refundOf(n);
    const tokensOf = async (layerBudgets: object[]): Promise<number> =>
      (await context('refund', { budgetTokens: 400, layerBudgets })).items.reduce((sum: number, { tokens }: { tokens: number }) => sum + tokens, 0);
    expect(await tokensOf([])).toBeGreaterThan(150);
    const bound = await tokensOf([{ layer: 'PROCEDURAL', maxTokens: 150 }]);
    expect(bound).toBeGreaterThan(0);
    expect(bound).toBeLessThanOrEqual(150);
    expect(await tokensOf([{ layer: 'PROCEDURAL', maxTokens: 0 }])).toBe(0);
    const { tokens, items, leftOut } = await context('refund', { budgetTokens: 400 });
    expect(tokens).toBeLessThanOrEqual(400);
    expect(leftOut).toEqual([{ layer: 'PROCEDURAL', reason: 'BUDGET', count: 10 - items.length, examples: expect.arrayContaining([expect.objectContaining({ kind: 'WORKFLOW', text: expect.stringContaining('Refund a ') })]) }]);
  });

  it('that say the same are shown once', async () => {
    const twins = [await procedures.skill(api, scope), await procedures.skill(api, scope)];
    const { items, leftOut } = await context('parse a receipt');
    expect(items).toHaveLength(1);
    expect(leftOut).toMatchObject([{ layer: 'PROCEDURAL', reason: 'DUPLICATE', count: 1 }]);
    expect([items[0].id, leftOut[0].examples[0].id].sort()).toEqual(twins.map(({ id }) => id).sort());
  });

  it('get a larger share with a higher priority', async () => {
    for (let n = 0; n < 10; n += 1) {
      await refundOf(n);
      await api.ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }', { input: { scope, fact: `The refund of customer ${n * 17} was ${n * 31} euros and came on day ${n * 7} of the year ${1990 + n}` } });
    }
    const share = async (priority: number): Promise<number> => {
      const { items } = await context('refund', { budgetTokens: 500, layerBudgets: [{ layer: 'PROCEDURAL', priority }] });
      return items.filter(({ layer }: { layer: string }) => layer === 'PROCEDURAL').reduce((sum: number, { tokens }: { tokens: number }) => sum + tokens, 0);
    };
    expect(await share(10)).toBeGreaterThan(await share(1));
  });

  it('are left out of a look back and of other layers', async () => {
    const { id } = await procedures.workflow(api, scope);
    expect(idsOf(await context('refund', { layers: ['PROCEDURAL'] }))).toEqual([id]);
    expect((await context('refund', { layers: ['SEMANTIC', 'EPISODIC', 'KNOWLEDGE'] })).items).toEqual([]);
    expect((await context('refund', { asOf: { knownAt: new Date().toISOString() } })).items).toEqual([]);
  });

  it('stay in their pool and within the limits of a key', async () => {
    const { id } = await procedures.workflow(api, scope);
    const elsewhere = { user_id: randomUUID() };
    await procedures.workflow(api, elsewhere, { name: 'Refund in secret' });
    expect(idsOf(await context('refund'))).toEqual([id]);
    const limited = await clientOf([scope]);
    expect(idsOf(await context('refund', { scopes: [{ scope, match: 'SUBSET' }, { scope: elsewhere, match: 'SUBSET' }] }, limited))).toEqual([id]);
    expect(await limited.refusal(CONTEXT, { input: { scopes: [{ scope: elsewhere }], query: 'refund' } })).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });

  it('that are accepted candidates show with their warnings, and the candidates before that do not', async () => {
    const steps = ['open_ticket', 'fetch_invoice', 'issue_credit', 'notify_customer'];
    const made = [...Array.from({ length: 6 }, () => ({ actions: steps, outcome: 'SUCCESS' as const })), ...Array.from({ length: 3 }, () => ({ actions: ['open_ticket', 'fetch_invoice', 'guess_amount'], outcome: 'FAILURE' as const }))];
    await keep(api, scope, made);
    await distill(api, scope);
    const [{ id }] = await candidatesOf(api, scope);
    const workflows = async () => (await context('issue a credit', { budgetTokens: 4000 })).items.filter(({ kind }: { kind: string }) => kind === 'WORKFLOW');
    expect(await workflows()).toEqual([]);
    const { acceptProcedureCandidate: { workflow } } = await api.ask('mutation($id: ID!) { acceptProcedureCandidate(id: $id) { workflow { id } } }', { id });
    expect(await workflows()).toMatchObject([{ procedureId: workflow.id, text: expect.stringContaining('Beware: After “fetch invoice” it failed with “guess amount”') }]);
  }, 60_000);
});
