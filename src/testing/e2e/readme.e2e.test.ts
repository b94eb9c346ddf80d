import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { follow } from './follower';
import { untilEnded } from './memories';
import { untilOver } from './transfers';

/** The README's examples, as a reader would copy them into an empty gateway. */
const ROOT = resolve(__dirname, '../../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const FENCED = [...README.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text = '']) => ({ language, text }));
const blocks = (language: string): string[] => FENCED.filter((block) => block.language === language).map(({ text }) => text);
const operation = (name: string): string => {
  const found = blocks('graphql').find((text) => new RegExp(`^\\w+ ${name}\\b`).test(text));
  if (found === undefined) throw new Error(`the README has no operation ${name}`);
  return found;
};

let gateway: Gateway;
let api: ApiClient;
const ids = { sessionId: '', jobId: '', token: '' };
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
  ids.sessionId = (await api.ask(operation('CreateSession'))).createSession.id;
  const { appendEvents } = await api.ask(operation('Append'), ids);
  expect((await api.ask(operation('Append'), ids)).appendEvents).toEqual(appendEvents);
  const { body } = await api.send(operation('Generate'), ids);
  ids.jobId = body.data.generateMemories.id;
  ids.token = body.extensions.consistencyToken;
});
afterAll(() => gateway.close());

test('every operation in the README is one that is tried here', () => {
  const names = blocks('graphql').map((text) => /^\w+ (\w+)/.exec(text)?.[1]);
  expect(names).toEqual(['CreateSession', 'Append', 'Generate', 'Progress', 'Outcomes', 'Recall', 'Context', 'Search', 'AddDocument', 'SearchDocuments', 'Ask', 'Story', 'RecordTrajectory', 'FindProcedures', 'LogDecision', 'Related', 'Forget', 'Import']);
});

test('recall that waits for the token finds the memory and the turn', async () => {
  const { recall } = await api.ask(operation('Recall'), ids);
  expect(recall.degraded).toEqual([]);
  expect(recall.hits.some(({ memory }: { memory: { fact: string } | null }) => memory?.fact.includes('window seat'))).toBe(true);
  expect(recall.hits.some(({ event }: { event: { seq: number } | null }) => event?.seq === 3)).toBe(true);
});

test('the context block begins as shown', async () => {
  const { context } = await api.ask(operation('Context'), ids);
  const shown = blocks('').find((text) => text.startsWith('Context from memory'))?.split('…')[0];
  expect(shown).toContain('[m2]');
  expect(context.text.startsWith(shown)).toBe(true);
  expect(context.tokens).toBeLessThanOrEqual(500);
});

test('the subscription ends with the completed job, and each fact has its outcome', async () => {
  const progress = follow(gateway.url, operation('Progress'), { jobId: ids.jobId });
  expect(await progress.end).toEqual({ error: null });
  await progress.close();
  expect(progress.items.at(-1)).toMatchObject({ data: { memoryGenerationProgress: { status: 'COMPLETED' } } });
  const { memoryGenerationJob } = await api.ask(operation('Outcomes'), ids);
  expect(memoryGenerationJob.candidates.nodes.map(({ outcome }: { outcome: string }) => outcome)).toContain('CREATED');
  expect((await api.ask(operation('Search'))).searchMemories[0].fact).toBe('Ann is allergic to peanuts.');
});

test('an added document is found by its passage, and the same again changes nothing', async () => {
  expect((await api.ask(operation('AddDocument'))).addDocument).toMatchObject({ outcome: 'CREATED', document: { version: 1, passageCount: 1 } });
  expect((await api.ask(operation('SearchDocuments'))).searchDocuments.hits[0].passage).toMatchObject({ headings: ['Flights', 'Seats'], text: 'Book a window seat where there is one.' });
  expect((await api.ask(operation('AddDocument'))).addDocument.outcome).toBe('UNCHANGED');
});

test('an agent is asked, and the session tells its story', async () => {
  expect((await api.ask(operation('Ask'), ids)).sendA2AMessage.task).toEqual({ state: 'SUBMITTED', reason: null, response: null });
  await untilEnded(api, ids.jobId);
  const { session } = await api.ask(operation('Story'), ids);
  expect(session).toMatchObject({ tree: [{ id: ids.sessionId, depth: 0 }], messages: [{ kind: 'REQUEST', task: { state: 'SUBMITTED' } }], events: [{ seq: 1 }, {}, {}, { message: { to: { name: 'Weather' } } }] });
  expect(session.events[0].memories.map(({ fact }: { fact: string }) => fact)).toContain('Ann lives in Lisbon.');
  expect(session.treeEventsConnection.nodes).toHaveLength(4);
});

test('a trajectory is kept and found', async () => {
  const { createTrajectory } = await api.ask(operation('RecordTrajectory'), ids);
  expect(createTrajectory).toEqual({ id: expect.any(String), revision: 1 });
  expect((await api.ask(operation('FindProcedures'))).searchProcedures.hits).toMatchObject([
    { kind: 'TRAJECTORY', procedure: { task: 'Book a seat', outcome: 'SUCCESS' }, explanation: { matchedWords: ['booked', 'seats'] } },
  ]);
});

test('a logged decision stands in a chain that holds', async () => {
  const { related } = await api.ask(operation('Related'));
  expect(related.nodes.some(({ memory }: { memory: { fact: string } | null }) => memory?.fact === 'Ann is allergic to peanuts.')).toBe(true);
  expect((await api.ask(operation('Forget'))).forgetUser).toMatchObject({ status: 'DRY_RUN', receiptCid: null });
  expect((await api.ask(operation('LogDecision'), ids)).logDecision).toMatchObject({ seq: 1, previous: null });
  expect((await api.ask('{ verifyLedger { isValid checked } }')).verifyLedger).toEqual({ isValid: true, checked: 1 });
});

test('data of another system comes in', async () => {
  const { importData } = await api.ask(operation('Import'));
  const report = await untilOver(api, importData.id);
  expect([report.status, report.counts]).toEqual(['COMPLETED', [{ kind: 'memory', created: 1, existing: 0, refused: 0 }]]);
});

test('the curl example creates a session, and the same one when repeated', async () => {
  const command = blocks('sh').find((text) => text.startsWith('curl')) ?? '';
  const headers = Object.fromEntries([...command.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']) => [name, value]));
  const post = async (): Promise<{ data?: unknown }> => {
    const body = /-d '(.*)'/.exec(command)?.[1] ?? '';
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
    return (await response.json()) as { data?: unknown };
  };
  const { data } = await post();
  expect(data).toMatchObject({ createSession: { scope: { user_id: 'ann' } } });
  expect((await post()).data).toEqual(data);
});

test('the program follows a job to its end', async () => {
  await untilEnded(api, ids.jobId);
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const program = blocks('js')[0]?.replace('ws://127.0.0.1:4000', gateway.url.replace('http', 'ws')) ?? '';
    writeFileSync(join(folder, 'progress.mjs'), program);
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'progress.mjs'), ids.jobId]);
    expect(stdout).toMatch(/COMPLETED/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
