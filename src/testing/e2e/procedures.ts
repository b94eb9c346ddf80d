import type { ApiClient } from './client';

const create = (kind: string) => async (api: ApiClient, input: object, fields = 'id') =>
  (await api.ask(`mutation($input: Create${kind}Input!) { create${kind}(input: $input) { ${fields} } }`, { input }))[`create${kind}`];

const newWorkflow = create('Workflow');
const newSkill = create('Skill');
const newTrajectory = create('Trajectory');

/** Workflows, skills and trajectories with what is required filled in. */
export const procedures = {
  workflow: (api: ApiClient, scope: object, input: object = {}, fields?: string) =>
    newWorkflow(api, { scope, name: 'Refund an order', steps: [{ action: 'look_up_order' }, { action: 'issue_refund' }], ...input }, fields),
  skill: (api: ApiClient, scope: object, input: object = {}, fields?: string) =>
    newSkill(api, { scope, name: 'parse_receipt', type: 'TOOL_USAGE', implementation: { kind: 'CODE', language: 'python', body: 'def parse(receipt): ...' }, ...input }, fields),
  trajectory: (api: ApiClient, scope: object | null, input: object = {}, fields?: string) =>
    newTrajectory(api, { ...(scope === null ? {} : { scope }), agentId: 'clerk', task: 'Give the customer the money back', outcome: 'SUCCESS', steps: [{ action: 'look_up_order(id=7)' }], ...input }, fields),
};

const USE = 'mutation($input: RecordProcedureUseInput!, $key: String) { recordProcedureUse(input: $input, idempotencyKey: $key) { id outcome procedure { ... on Workflow { name usageCount successRate } ... on Skill { name usageCount successRate } } } }';
export const use = async (api: ApiClient, procedureId: string, input: object = {}, key?: string) =>
  (await api.ask(USE, { input: { procedureId, outcome: 'SUCCESS', ...input }, key })).recordProcedureUse;
