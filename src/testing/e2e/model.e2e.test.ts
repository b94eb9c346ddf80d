import { startTestGateway } from '../gateway';
import { startScriptedModel } from '../scripted-model';
import type { Config } from '../../config/schema';
import { createApiClient } from './client';
import { CONVERSATION } from './conversation';
import { candidatesOf, generate, hold, jobOf, memoriesOf, repetitions, untilEnded } from './memories';
import { paraphrasingModel } from './paraphrasing-model';
import { seededRandom, withSeed } from './random';
import { until } from './until';

const chatAt = (baseUrl: string): Config['chat'] =>
  ({ kind: 'openai', models: [{ baseUrl, apiKey: '', model: 'scripted' }], temperature: null, maxTokens: 4096, timeoutMs: 10_000 });

test('a model that words everything anew each time leaves no two memories that say the same', () => withSeed(async (random) => {
  const model = await startScriptedModel(paraphrasingModel(random));
  const gateway = await startTestGateway({ chat: chatAt(model.url) });
  try {
    const api = createApiClient(gateway.url);
    const sessionId = await hold(api, CONVERSATION, { userId: 'mara' });
    const atOnce = await Promise.all([1, 2].map(() => generate(api, { sessionId })));
    for (const id of atOnce) await untilEnded(api, id);
    for (let n = 0; n < 10; n += 1) await untilEnded(api, await generate(api, { sessionId }));
    const { memoryGenerationJobs: jobs } = await api.ask('query($id: ID!) { memoryGenerationJobs(sessionId: $id) { id status usage { model promptTokens } } }', { id: sessionId });
    expect(jobs).toHaveLength(12);
    for (const job of jobs) {
      expect(job).toMatchObject({ status: 'COMPLETED', usage: [{ model: expect.stringContaining('scripted') }] });
      const candidates = await candidatesOf(api, job.id);
      expect(candidates).toHaveLength(5);
      expect(candidates.filter(({ outcome }) => outcome === null)).toEqual([]);
    }
    const memories = await memoriesOf(api, { user_id: 'mara' });
    expect(memories.length).toBeGreaterThan(2);
    expect(repetitions(memories)).toEqual([]);
  } finally {
    await gateway.close();
    await model.close();
  }
}), 120_000);

test('while the model cannot be reached a job waits, and completes when it is back', async () => {
  const first = await startScriptedModel(paraphrasingModel(seededRandom(1)));
  await first.close();
  const gateway = await startTestGateway({ chat: chatAt(first.url) });
  const api = createApiClient(gateway.url);
  const sessionId = await hold(api, CONVERSATION, { userId: 'mara' });
  const id = await generate(api, { sessionId });
  // The queue keeps why the last try failed.
  await until('the first try has failed', async () => (await gateway.composition.platform.database.query({ text: 'select 1 from jobs where last_error is not null' }, [])).length > 0);
  expect(['PENDING', 'PROCESSING']).toContain((await jobOf(api, id)).status);
  expect(await memoriesOf(api, { user_id: 'mara' })).toEqual([]);
  const back = await startScriptedModel(paraphrasingModel(seededRandom(1)), Number(new URL(first.url).port));
  try {
    expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED', error: null });
    expect((await memoriesOf(api, { user_id: 'mara' })).length).toBeGreaterThan(0);
  } finally {
    await gateway.close();
    await back.close();
  }
}, 120_000);
