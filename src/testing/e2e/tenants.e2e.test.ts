import type { Gateway } from '../../gateway';
import { newId } from '../../kernel/ids';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { newAgent, send } from './agents';
import { CONVERSATION } from './conversation';
import { askSocket, follow } from './follower';
import { newKey } from './keyed-client';
import { candidatesOf, distill, keep } from './learning';
import { eventsOf, generate, hold, memoriesOf, untilEnded } from './memories';
import { procedures, use } from './procedures';
import { until } from './until';

let gateway: Gateway;
let owner: ApiClient;
let stranger: ApiClient;
let strangersKey: { authorization: string };
/** What the owner has, for every document below. */
let own: { import: string; document: string; erasure: string; receipt: string; decision: string; session: string; job: string; dead: string; memory: string; forgotten: string; event: string; scope: { user_id: string }; agent: string; task: string; workflow: string; skill: string; trajectory: string; candidate: string; distillation: string };

const clientOf = async (tenant: string): Promise<{ api: ApiClient; key: { authorization: string } }> => {
  const key = await newKey(gateway, tenant);
  return { api: createApiClient(gateway.url, key), key };
};

beforeAll(async () => {
  gateway = await startTestGateway({ auth: { kind: 'keys' } });
  owner = (await clientOf('owner')).api;
  ({ api: stranger, key: strangersKey } = await clientOf('stranger'));
  const scope = { user_id: 'mara' };
  const session = await hold(owner, CONVERSATION, { userId: 'mara', agentId: 'guide', state: { 'app:secret': 'walnut', 'user:secret': 'walnut' } });
  const job = await generate(owner, { sessionId: session });
  await untilEnded(owner, job);
  await owner.ask('mutation { saveMemoryBank(input: {id: "walnuts", instructions: "walnuts"}) { id } }');
  const { createMemory } = await owner.ask('mutation { createMemory(input: {scope: {user_id: "mara"}, fact: "Mara hides walnuts in the attic."}) { id } }');
  await owner.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id: createMemory.id });
  const { logDecision } = await owner.ask('mutation { logDecision(input: {scope: {user_id: "mara"}, text: "Hide walnuts."}) { cid } }');
  const { addDocument } = await owner.ask('mutation { addDocument(input: {scope: {user_id: "mara"}, title: "Attic", content: "The walnuts are in the attic."}) { document { id } } }');
  const dead = newId();
  await gateway.composition.platform.database.query({ text: `insert into jobs (tenant_id, id, name, payload, dead_at) values ('owner', $1, 'memory.embedding', '{}', now())` }, [dead]);
  const agent = await newAgent(owner, 'squirrel');
  const { taskId: task } = await send(owner, { messageId: 'nuts', sessionId: session, toAgentId: agent, parts: [{ text: 'Where are the walnuts?' }] });
  const workflow = (await procedures.workflow(owner, scope, { name: 'Hide walnuts' })).id;
  const [skill, trajectory] = [(await procedures.skill(owner, scope)).id, (await procedures.trajectory(owner, scope)).id];
  await use(owner, workflow, { sessionId: session });
  const { purgeMemories } = await owner.ask('mutation { purgeMemories(filter: {scope: {user_id: "nobody"}}, dryRun: false) { id receiptCid } }');
  await keep(owner, scope, Array.from({ length: 3 }, () => ({ actions: ['find_walnut', 'carry_walnut', 'bury_walnut', 'forget_walnut'], outcome: 'SUCCESS' as const })));
  await distill(owner, scope);
  const [{ id: candidate }] = await candidatesOf(owner, scope);
  const { distillationJobsConnection: { nodes: [{ id: distillation }] } } = await owner.ask('{ distillationJobsConnection { nodes { id } } }');
  const { importData } = await owner.ask('mutation { importData(input: {format: CONTEXTIQ, data: "walnuts", isComplete: false}) { id } }');
  own = { import: importData.id, candidate, distillation, workflow, skill, trajectory, document: addDocument.document.id, erasure: purgeMemories.id, receipt: purgeMemories.receiptCid, decision: logDecision.cid, agent, task, session, job, dead, scope, forgotten: createMemory.id, memory: (await memoriesOf(owner, scope))[0].id, event: (await eventsOf(owner, session))[0].id };
}, 60_000);
afterAll(() => gateway.close());

const SCOPE = '{scope: {user_id: "mara"}}';
/** Every root field, asked by a stranger for what is the owner's: what it must give. A new field without a line fails the test. */
const QUERIES: Readonly<Record<string, readonly [ask: () => string, given: unknown]>> = {
  agent: [() => `agent(id: "${own.agent}") { id }`, null],
  agents: [() => 'agents { id }', []],
  agentsConnection: [() => 'agentsConnection { nodes { id } }', { nodes: [] }],
  a2aTask: [() => `a2aTask(id: "${own.task}") { id }`, null],
  a2aTasks: [() => `a2aTasks(sessionId: "${own.session}") { id }`, []],
  a2aTasksConnection: [() => `a2aTasksConnection(agentId: "${own.agent}") { nodes { id } }`, { nodes: [] }],
  version: [() => 'version', expect.any(String)],
  session: [() => `session(id: "${own.session}") { id }`, null],
  sessions: [() => 'sessions(userId: "mara", agentId: "guide", scope: {user_id: "mara"}) { id }', []],
  sessionsConnection: [() => 'sessionsConnection(userId: "mara") { nodes { id } }', { nodes: [] }],
  job: [() => `job(id: "${own.dead}") { id }`, null],
  jobs: [() => 'jobs { id }', []],
  jobsConnection: [() => 'jobsConnection(state: DEAD) { nodes { id } }', { nodes: [] }],
  deadLetters: [() => 'deadLetters { id }', []],
  queueDepths: [() => 'queueDepths { name dead }', []],
  memory: [() => `memory(id: "${own.memory}") { id }`, null],
  memories: [() => 'memories(scope: {user_id: "mara"}, match: SUBSET, includeSuperseded: true) { id }', []],
  memoriesConnection: [() => 'memoriesConnection(scope: {user_id: "mara"}) { nodes { id } }', { nodes: [] }],
  memoryGenerationJob: [() => `memoryGenerationJob(id: "${own.job}") { id }`, null],
  memoryGenerationJobs: [() => `memoryGenerationJobs(sessionId: "${own.session}") { id }`, []],
  memoryGenerationJobsConnection: [() => 'memoryGenerationJobsConnection(scope: {user_id: "mara"}) { nodes { id } }', { nodes: [] }],
  memoryBank: [() => 'memoryBank(id: "walnuts") { id }', 'NOT_FOUND'],
  memoryBanks: [() => 'memoryBanks { id instructions }', [{ id: 'default', instructions: '' }]],
  searchMemories: [() => 'searchMemories(scope: {user_id: "mara"}, query: "walnuts") { id }', []],
  modelUsage: [() => 'modelUsage { model }', []],
  recall: [() => `recall(input: {scopes: [${SCOPE}], query: "walnuts", kinds: [MEMORY, EVENT, DOCUMENT]}) { hits { score } }`, { hits: [] }],
  workflow: [() => `workflow(id: "${own.workflow}") { id }`, null],
  workflows: [() => 'workflows(scope: {user_id: "mara"}, match: SUBSET) { id }', []],
  workflowsConnection: [() => 'workflowsConnection(scope: {user_id: "mara"}) { nodes { id } }', { nodes: [] }],
  skill: [() => `skill(id: "${own.skill}") { id }`, null],
  skills: [() => 'skills(scope: {user_id: "mara"}, match: SUBSET) { id }', []],
  skillsConnection: [() => 'skillsConnection(scope: {user_id: "mara"}) { nodes { id } }', { nodes: [] }],
  trajectory: [() => `trajectory(id: "${own.trajectory}") { id }`, null],
  trajectories: [() => 'trajectories(scope: {user_id: "mara"}, match: SUBSET) { id }', []],
  trajectoriesConnection: [() => 'trajectoriesConnection(scope: {user_id: "mara"}) { nodes { id } }', { nodes: [] }],
  distillationJob: [() => `distillationJob(id: "${own.distillation}") { id }`, null],
  distillationJobsConnection: [() => 'distillationJobsConnection { nodes { id } }', { nodes: [] }],
  procedureCandidate: [() => `procedureCandidate(id: "${own.candidate}") { id }`, null],
  procedureCandidates: [() => 'procedureCandidates(scope: {user_id: "mara"}, match: SUBSET) { id }', []],
  procedureCandidatesConnection: [() => 'procedureCandidatesConnection(scope: {user_id: "mara"}) { nodes { id } }', { nodes: [] }],
  searchProcedures: [() => 'searchProcedures(scope: {user_id: "mara"}, match: SUBSET, query: "walnuts") { hits { score } }', { hits: [] }],
  decision: [() => `decision(cid: "${own.decision}") { text }`, null],
  decisions: [() => `decisions(sessionId: "${own.session}") { cid }`, []],
  decisionsConnection: [() => 'decisionsConnection { nodes { cid } }', { nodes: [] }],
  verifyLedger: [() => 'verifyLedger { checked }', { checked: 0 }],
  document: [() => `document(id: "${own.document}") { id }`, null],
  documents: [() => 'documents(scope: {user_id: "mara"}, match: SUBSET) { id }', []],
  documentsConnection: [() => 'documentsConnection { nodes { id } }', { nodes: [] }],
  searchDocuments: [() => 'searchDocuments(scope: {user_id: "mara"}, query: "walnuts") { hits { score } }', { hits: [] }],
  related: [() => `related(node: {kind: SESSION, id: "${own.session}"}, depth: 4) { nodes { id } isPartial }`, { nodes: [], isPartial: false }],
  forgetting: [() => `forgetting(id: "${own.erasure}") { id }`, null],
  forgettings: [() => 'forgettings { id }', []],
  forgettingsConnection: [() => 'forgettingsConnection { nodes { id } }', { nodes: [] }],
  erasureReceipt: [() => `erasureReceipt(cid: "${own.receipt}") { cid }`, null],
  exportTenant: [() => 'exportTenant { text next }', { text: '', next: null }],
  dataImport: [() => `dataImport(id: "${own.import}") { id }`, null],
  dataImports: [() => 'dataImports { id }', []],
  dataImportsConnection: [() => 'dataImportsConnection { nodes { id } }', { nodes: [] }],
  preferences: [() => 'preferences(userId: "mara") { values version }', { values: {}, version: 0 }],
  sensoryBuffer: [() => `sensoryBuffer(sessionId: "${own.session}") { id }`, 'NOT_FOUND'],
  context: [() => `context(input: {sessionId: "${own.session}", query: "walnuts"}) { text }`, 'NOT_FOUND'],
};
const MUTATIONS: Readonly<Record<string, readonly [ask: () => string, given: unknown]>> = {
  createSession: [() => `createSession(input: {userId: "mara", parentId: "${own.session}"}) { id }`, 'NOT_FOUND'],
  appendEvent: [() => `appendEvent(sessionId: "${own.session}", event: {author: USER, text: "hi"}) { id }`, 'NOT_FOUND'],
  appendEvents: [() => `appendEvents(sessionId: "${own.session}", events: [{author: USER, text: "hi"}]) { id }`, 'NOT_FOUND'],
  patchSessionState: [() => `patchSessionState(sessionId: "${own.session}", patch: {a: 1}) { id }`, 'NOT_FOUND'],
  deleteSession: [() => `deleteSession(id: "${own.session}")`, 'NOT_FOUND'],
  createMemory: [() => 'createMemory(input: {bankId: "walnuts", scope: {user_id: "mara"}, fact: "x"}) { id }', 'NOT_FOUND'],
  updateMemory: [() => `updateMemory(id: "${own.memory}", input: {fact: "x"}) { id }`, 'NOT_FOUND'],
  deleteMemory: [() => `deleteMemory(id: "${own.memory}")`, 'NOT_FOUND'],
  rollbackMemory: [() => `rollbackMemory(id: "${own.memory}", revision: 1) { id }`, 'NOT_FOUND'],
  restoreMemory: [() => `restoreMemory(id: "${own.forgotten}") { id }`, 'NOT_FOUND'],
  generateMemories: [() => `generateMemories(input: {sessionId: "${own.session}"}) { id }`, 'NOT_FOUND'],
  saveMemoryBank: [() => 'saveMemoryBank(input: {id: "walnuts", expectedVersion: 1}) { id }', 'CONFLICT'],
  deleteMemoryBank: [() => 'deleteMemoryBank(id: "walnuts")', 'NOT_FOUND'],
  cancelGeneration: [() => `cancelGeneration(id: "${own.job}") { id }`, 'NOT_FOUND'],
  logDecision: [() => `logDecision(input: {sessionId: "${own.session}", text: "x"}) { cid }`, 'NOT_FOUND'],
  patchPreferences: [() => 'patchPreferences(input: {userId: "otto", patch: {secret: "mine"}}) { values version }', { values: { secret: 'mine' }, version: 1 }],
  addDocument: [() => 'addDocument(input: {scope: {user_id: "mara"}, title: "Attic", content: "Mine."}) { outcome document { version } }', { outcome: 'CREATED', document: { version: 1 } }],
  deleteDocument: [() => `deleteDocument(id: "${own.document}")`, 'NOT_FOUND'],
  purgeMemories: [() => `purgeMemories(filter: {scope: {user_id: "mara"}, match: SUBSET, ids: ["${own.memory}"]}, dryRun: false) { erased { memories } }`, { erased: { memories: 0 } }],
  importData: [() => 'importData(input: {format: CONTEXTIQ, data: "walnuts", isComplete: false}) { parts }', { parts: 1 }],
  addImportPart: [() => `addImportPart(id: "${own.import}", part: 2, data: "x", isLast: true) { id }`, 'NOT_FOUND'],
  cancelImport: [() => `cancelImport(id: "${own.import}") { id }`, 'NOT_FOUND'],
  forgetUser: [() => 'forgetUser(userId: "mara", dryRun: true) { found { sessions memories } }', { found: { sessions: 0, memories: 0 } }],
  registerAgent: [() => 'registerAgent(input: {id: "fox", name: "Fox", description: "Steals."}) { id }', { id: 'fox' }],
  agentHeartbeat: [() => `agentHeartbeat(id: "${own.agent}", acknowledged: "99") { id }`, 'NOT_FOUND'],
  deregisterAgent: [() => `deregisterAgent(id: "${own.agent}")`, 'NOT_FOUND'],
  sendA2AMessage: [() => `sendA2AMessage(input: {messageId: "nuts", sessionId: "${own.session}", toAgentId: "${own.agent}", parts: [{text: "Where are the walnuts?"}]}) { id }`, 'NOT_FOUND'],
  updateA2ATask: [() => `updateA2ATask(input: {taskId: "${own.task}", parts: [{text: "Mine."}]}) { id }`, 'NOT_FOUND'],
  cancelA2ATask: [() => `cancelA2ATask(id: "${own.task}") { id }`, 'NOT_FOUND'],
  createWorkflow: [() => 'createWorkflow(input: {scope: {user_id: "mara"}, name: "x", steps: [{action: "x"}]}) { name }', { name: 'x' }],
  createSkill: [() => 'createSkill(input: {scope: {user_id: "mara"}, name: "x", type: TOOL_USAGE, implementation: {kind: CODE, body: "x"}}) { name }', { name: 'x' }],
  createTrajectory: [() => `createTrajectory(input: {agentId: "x", sessionId: "${own.session}", task: "x", outcome: SUCCESS, steps: [{action: "x"}]}) { id }`, 'NOT_FOUND'],
  updateWorkflow: [() => `updateWorkflow(id: "${own.workflow}", input: {name: "x"}) { id }`, 'NOT_FOUND'],
  updateSkill: [() => `updateSkill(id: "${own.skill}", input: {name: "x"}) { id }`, 'NOT_FOUND'],
  updateTrajectory: [() => `updateTrajectory(id: "${own.trajectory}", input: {task: "x"}) { id }`, 'NOT_FOUND'],
  deleteProcedure: [() => `deleteProcedure(id: "${own.workflow}")`, 'NOT_FOUND'],
  rollbackProcedure: [() => `rollbackProcedure(id: "${own.workflow}", revision: 1) { __typename }`, 'NOT_FOUND'],
  recordProcedureUse: [() => `recordProcedureUse(input: {procedureId: "${own.workflow}", outcome: FAILURE}) { id }`, 'NOT_FOUND'],
  distillProcedures: [() => 'distillProcedures(scope: {user_id: "mara"}) { proposed }', { proposed: 0 }],
  acceptProcedureCandidate: [() => `acceptProcedureCandidate(id: "${own.candidate}") { id }`, 'NOT_FOUND'],
  rejectProcedureCandidate: [() => `rejectProcedureCandidate(id: "${own.candidate}") { id }`, 'NOT_FOUND'],
  retryJob: [() => `retryJob(id: "${own.dead}") { id }`, 'NOT_FOUND'],
  retryDeadLetters: [() => 'retryDeadLetters(name: "memory.embedding") { id }', []],
  discardJob: [() => `discardJob(id: "${own.dead}")`, 'NOT_FOUND'],
};
const SUBSCRIPTIONS: readonly string[] = ['sessionEvents', 'sessionTreeEvents', 'memoryChanges', 'memoryGenerationProgress', 'agentInbox', 'a2aTaskEvents'];

test('every query, mutation and subscription of the schema has a line here', async () => {
  const { __schema: schema } = await owner.ask('{ __schema { queryType { fields { name } } mutationType { fields { name } } subscriptionType { fields { name } } } }');
  const names = (type: { fields: readonly { name: string }[] }): string[] => type.fields.map(({ name }) => name).sort();
  expect([names(schema.queryType), names(schema.mutationType), names(schema.subscriptionType)])
    .toEqual([Object.keys(QUERIES).sort(), Object.keys(MUTATIONS).sort(), [...SUBSCRIPTIONS].sort()]);
});

test.each(Object.entries(QUERIES))('%s gives a stranger nothing', async (field, [ask, given]) => {
  const { body } = await stranger.send(`{ ${ask()} }`);
  expect(body.errors === undefined ? body.data[field] : body.errors[0].extensions.code).toEqual(given);
});

test.each(Object.entries(MUTATIONS))('%s lets a stranger change nothing', async (field, [ask, given]) => {
  const { body } = await stranger.send(`mutation { ${ask()} }`);
  expect(body.errors === undefined ? body.data[field] : body.errors[0].extensions.code).toEqual(given);
});

test('what the strangers tried has changed nothing', async () => {
  const { session, memory, memoryBank } = await owner.ask('query($s: ID!, $m: ID!) { session(id: $s) { lastSeq state } memory(id: $m) { revision } memoryBank(id: "walnuts") { version } }', { s: own.session, m: own.memory });
  expect(session).toEqual({ lastSeq: CONVERSATION.length + 1, state: { 'app:secret': 'walnut', 'user:secret': 'walnut' } });
  expect(await owner.ask('query($a: String!, $t: ID!) { agent(id: $a) { name } a2aTask(id: $t) { state } }', { a: own.agent, t: own.task })).toEqual({ agent: { name: 'squirrel' }, a2aTask: { state: 'SUBMITTED' } });
  expect((await owner.ask('{ documents { version passagesConnection { nodes { text } } } }')).documents).toEqual([{ version: 1, passagesConnection: { nodes: [{ text: 'The walnuts are in the attic.' }] } }]);
  expect([memory.revision, memoryBank.version]).toEqual([1, 1]);
  expect(await owner.ask('query($w: ID!) { workflow(id: $w) { name revision usageCount } }', { w: own.workflow })).toEqual({ workflow: { name: 'Hide walnuts', revision: 1, usageCount: 1 } });
  expect(await candidatesOf(owner, own.scope)).toMatchObject([{ id: own.candidate, status: 'PROPOSED' }]);
  expect((await owner.ask('{ deadLetters { id state } }')).deadLetters).toEqual([{ id: own.dead, state: 'DEAD' }]);
});

test('shared state of app and user stops at the tenant', async () => {
  const { createSession } = await stranger.ask('mutation { createSession(input: {userId: "mara", agentId: "guide"}) { state } }');
  expect(createSession.state).toEqual({});
});

test('subscriptions give a stranger nothing', async () => {
  const options = { connectionParams: strangersKey };
  for (const query of [`sessionEvents(sessionId: "${own.session}", after: "0") { cursor }`, `sessionTreeEvents(sessionId: "${own.session}", after: "0") { cursor }`, `memoryGenerationProgress(jobId: "${own.job}", after: "0") { cursor }`,
    `agentInbox(agentId: "${own.agent}", after: "0") { cursor }`, `a2aTaskEvents(taskId: "${own.task}") { cursor }`]) {
    expect(await askSocket(gateway.url, `subscription { ${query} }`, {}, options)).toMatchObject({ items: [{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }] });
  }
  const changes = follow(gateway.url, 'subscription { memoryChanges(scope: {user_id: "mara"}, after: "0") { memory { fact } } }', {}, options);
  await owner.ask('mutation { createMemory(input: {scope: {user_id: "mara"}, fact: "Mara hides a walnut."}) { id } }');
  await stranger.ask('mutation { createMemory(input: {scope: {user_id: "mara"}, fact: "Another Mara."}) { id } }');
  await until('the stranger sees a change', () => changes.items.length > 0);
  expect(changes.items).toEqual([{ data: { memoryChanges: { memory: { fact: 'Another Mara.' } } } }]);
  await changes.close();
});

test('a consistency token of one tenant is none for another', async () => {
  const { body } = await owner.send('mutation { createSession(input: {userId: "mara"}) { id } }');
  const recall = `query($token: String!) { recall(input: {scopes: [${SCOPE}], query: "walnuts", waitFor: $token}) { hits { score } } }`;
  expect(await stranger.refusal(recall, { token: body.extensions.consistencyToken })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'BAD_CONSISTENCY_TOKEN' } });
});
