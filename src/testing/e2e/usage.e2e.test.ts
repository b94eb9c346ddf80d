import type { Config } from '../../config/schema';
import type { Gateway } from '../../gateway';
import { createUsageStore } from '../../storage/usage.store';
import { adminOf } from '../actors';
import { startTestGateway } from '../gateway';
import { content, embeddings, refusal, startScriptedModel, status, type Behaviour, type ScriptedModel } from '../scripted-model';
import type { ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { keyedClient } from './keyed-client';
import { generate, hold, untilEnded } from './memories';
import { paraphrasingModel } from './paraphrasing-model';
import { seededRandom } from './random';

const FAST = 'openai/gpt-5-mini';
const SPARE = 'ollama/llama3.1';
const EMBEDDER = 'openai/text-embedding-3-small';

let model: ScriptedModel;
let gateway: Gateway;
/** What the chat models do next; then they answer well. */
let next: Behaviour[] = [];
const well = paraphrasingModel(seededRandom(1));

beforeAll(async () => {
  model = await startScriptedModel((request) => (request.kind === 'embedding' ? embeddings(8) : next.shift() ?? well)(request));
  const at = { baseUrl: model.url, apiKey: '' };
  const chat: Config['chat'] = {
    kind: 'openai', temperature: null, maxTokens: 4096, timeoutMs: 10_000,
    models: [{ ...at, provider: 'openai', model: 'gpt-5-mini' }, { ...at, provider: 'ollama', model: 'llama3.1' }],
  };
  gateway = await startTestGateway({
    auth: { kind: 'keys' }, chat, summaries: { events: 0, tokens: 1_000_000 }, embedding: { ...at, kind: 'openai', provider: 'openai', model: 'text-embedding-3-small', dimension: 8, timeoutMs: 10_000 },
  });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await model.close();
});
afterEach(() => { next = []; });

/** A tenant of its own for each test: its sums start at nothing. */
const tenant = (name: string, scopeLimits: readonly object[] = [], role: 'admin' | 'writer' = 'admin'): Promise<ApiClient> => keyedClient(gateway, name, scopeLimits, [role]);

interface Usage { readonly model: string; readonly calls: number; readonly promptTokens: number; readonly completionTokens: number; readonly costUsd: number | null }
async function jobOn(api: ApiClient): Promise<{ status: string; extractor: string; usage: Usage[]; costUsd: number | null }> {
  const id = await generate(api, { sessionId: await hold(api, CONVERSATION, { userId: 'mara' }) });
  await untilEnded(api, id);
  return (await api.ask('query($id: ID!) { memoryGenerationJob(id: $id) { status extractor costUsd usage { model calls promptTokens completionTokens costUsd } } }', { id })).memoryGenerationJob;
}
const dailyOf = async (api: ApiClient): Promise<Usage[]> => (await api.ask('{ modelUsage { model calls promptTokens completionTokens costUsd } }')).modelUsage;
const of = (usage: readonly Usage[], name: string): Usage | undefined => usage.find((item) => item.model === name);

test('a job shows what each model took and cost, embeddings included, and the tenant’s day sums it', async () => {
  const api = await tenant('plain');
  const job = await jobOn(api);
  expect(job).toMatchObject({ status: 'COMPLETED', extractor: FAST });
  const chat = of(job.usage, FAST);
  const vectors = of(job.usage, EMBEDDER);
  expect(chat).toMatchObject({ calls: 1, promptTokens: 10, completionTokens: 5, costUsd: 0.0000125 });
  expect(vectors?.promptTokens).toBeGreaterThan(0);
  expect(job.costUsd).toBeCloseTo((chat?.costUsd ?? 0) + (vectors?.costUsd ?? 0), 9);
  const byName = (usage: Usage[]) => usage.sort((a, b) => (a.model < b.model ? -1 : 1));
  expect(byName(await dailyOf(api))).toEqual(byName(job.usage));
});

test('a recall counts its embedding of the question to the tenant', async () => {
  const api = await tenant('asking');
  await api.ask('{ recall(input: {scopes: [{scope: {user_id: "mara"}}], query: "violin maker", kinds: [MEMORY]}) { hits { score } } }');
  expect(await dailyOf(api)).toEqual([expect.objectContaining({ model: EMBEDDER, calls: 1, promptTokens: 1 })]);
});

test('repair turns and answers that could not be used count', async () => {
  const api = await tenant('repaired');
  next = [content('{"facts": "none"}')];
  expect(of((await jobOn(api)).usage, FAST)).toMatchObject({ calls: 2, promptTokens: 20, completionTokens: 10 });
});

test('where the first model refuses, the second one answers: both are counted, and the cost of a model without a price is unknown', async () => {
  const api = await tenant('falling-back');
  next = [refusal()];
  const job = await jobOn(api);
  expect(job).toMatchObject({ status: 'COMPLETED', extractor: SPARE, costUsd: null });
  expect([of(job.usage, FAST)?.calls, of(job.usage, SPARE)?.calls, of(job.usage, SPARE)?.costUsd]).toEqual([1, 1, null]);
});

test('a job that fails shows what it took in vain', async () => {
  const api = await tenant('refused');
  next = [refusal(), refusal()];
  const job = await jobOn(api);
  expect(job.status).toBe('FAILED');
  expect([of(job.usage, FAST)?.promptTokens, of(job.usage, SPARE)?.promptTokens]).toEqual([10, 10]);
  expect(await dailyOf(api)).toHaveLength(2);
});

test('what was refused before a model read it counts nothing', async () => {
  const api = await tenant('unread');
  next = [status(404, 'no such model')];
  expect(of((await jobOn(api)).usage, FAST)).toBeUndefined();
});

test('the tenant’s usage is for its admins, and not for a key limited to scopes', async () => {
  const writer = await tenant('closed', [], 'writer');
  const limited = await tenant('closed', [{ user_id: 'mara' }]);
  expect((await writer.refusal('{ modelUsage { model } }')).extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'ROLE_REQUIRED' });
  expect((await limited.refusal('{ modelUsage { model } }')).extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'SCOPE_NOT_ALLOWED' });
});

test.each([
  ['from: "yesterday"', 'from', 'DAY_MALFORMED'],
  ['to: "2026-02-30"', 'to', 'DAY_MALFORMED'],
  ['from: "2026-02-02", to: "2026-02-01"', 'from', 'RANGE_REVERSED'],
  ['from: "2025-01-01", to: "2026-02-01"', 'from', 'RANGE_TOO_LARGE'],
])('modelUsage(%s) is refused', async (range, field, reason) => {
  const api = await tenant('curious');
  expect((await api.refusal(`{ modelUsage(${range}) { model } }`)).extensions).toMatchObject({ code: 'BAD_USER_INPUT', field, reason });
});

test('days outside the range are not told', async () => {
  const api = await tenant('past');
  await jobOn(api);
  expect((await api.ask('{ modelUsage(from: "2020-01-01", to: "2020-12-31") { model } }')).modelUsage).toEqual([]);
});

test('more than a thousand entries are refused, not cut', async () => {
  const api = await tenant('many');
  const many = Array.from({ length: 1001 }, (_, index) => ({ model: `acme/m${index}`, calls: 1, promptTokens: 1, completionTokens: 1 }));
  await createUsageStore(gateway.composition.platform.database).record(adminOf('many'), many);
  expect((await api.refusal('{ modelUsage { model } }')).extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'RANGE_TOO_LARGE' });
});
