import { z } from 'zod';
import { PROVIDER_NAMES, PROVIDERS, type ProviderName } from '../config/providers';
import { parseConfig } from '../config/schema';
import { createOpenAiEmbedder } from '../platform/embedding/openai.embedder';
import { createOpenAiChatModel } from '../platform/llm/openai.adapter';
import type { ModelUsage } from '../platform/llm/usage.port';
import { silentLogger } from '../testing/database';
import { PROVIDER_KEY, providerDoor, providerError, RUNG_REFUSALS } from '../testing/provider-doors';
import { answer, content, drop, embeddings, hang, html, notJson, refusal, startScriptedModel, truncated, vectorOf, type Behaviour, type ScriptedModel } from '../testing/scripted-model';
import { createCircuits } from './circuits';
import { chooseChat, chooseEmbedder } from './models';

const Facts = z.object({ facts: z.array(z.string()).min(1) });
const jsonSchema = { type: 'object', properties: { facts: { type: 'array', items: { type: 'string' } } }, required: ['facts'], additionalProperties: false };
const good = { facts: ['Ana lives in Lima.'] };
const question = (meter: (usage: ModelUsage) => void, signal = new AbortController().signal) => ({
  schemaName: 'facts', jsonSchema, parse: (value: unknown) => Facts.parse(value), signal, meter,
  messages: [{ role: 'system', content: 'You extract.' }, { role: 'user', content: 'I live in Lima.' }] as const,
});

let server: ScriptedModel | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server behind the provider's door that does as the list says, request by request, then answers well. */
async function serve(name: ProviderName, behaviours: readonly Behaviour[]): Promise<{ scripted: ScriptedModel; env: Record<string, string> }> {
  let asked = 0;
  server = await startScriptedModel(providerDoor(name, (request) => (behaviours[asked++] ?? answer(good))(request)));
  const { keyVariable, urlVariable } = PROVIDERS[name];
  return { scripted: server, env: { [keyVariable]: PROVIDER_KEY, [urlVariable]: new URL(server.url).origin } };
}

/** The model as the configuration routes it, with short pauses. */
async function start(name: ProviderName, ...behaviours: readonly Behaviour[]) {
  const { scripted, env } = await serve(name, behaviours);
  const { chat } = parseConfig({ CONTEXTIQ_MODEL: `${name}/m1`, CONTEXTIQ_MODEL_TIMEOUT_MS: '5000', ...env });
  if (chat.kind === 'offline') throw new Error('no model');
  const taken: ModelUsage[] = [];
  const model = createOpenAiChatModel({ ...chat.models[0], maxTokens: 100, timeoutMs: behaviours[0] === hang ? 100 : 5000, backoffMs: 1 });
  return { ask: () => model.structured(question((usage) => taken.push(usage))), taken, requests: scripted.requests };
}

const unavailableFor = (reason: string) => ({ code: 'UNAVAILABLE', details: { reason } });
const SOON = { 'retry-after-ms': '1' };
const times = (count: number, behaviour: Behaviour): Behaviour[] => Array.from({ length: count }, () => behaviour);

describe.each(PROVIDER_NAMES)('%s', (name) => {
  const first = PROVIDERS[name].structuredOutput;
  const says = (code: number, message: string, details: object = {}, headers: Readonly<Record<string, string>> = {}): Behaviour => providerError(name, code, message, details, headers);

  test('is asked at its own path, with its key, in its own way, and goes by its name', async () => {
    const { ask, taken, requests } = await start(name);
    await expect(ask()).resolves.toEqual({ value: good, usage: { model: `${name}/m1`, calls: 1, promptTokens: 10, completionTokens: 5 } });
    expect(requests).toHaveLength(1);
    expect([requests[0]?.rung, requests[0]?.body[PROVIDERS[name].tokenField]]).toEqual([first, 100]);
    expect(taken).toEqual([{ model: `${name}/m1`, calls: 1, promptTokens: 10, completionTokens: 5 }]);
  });

  test.each([
    ['a rate limit that soon ends', [says(429, 'Rate limit reached', {}, SOON)], 2],
    ['a server error', [says(500, 'The server had an error', {}, SOON)], 2],
    ['an overload', [says(529, 'Overloaded', { type: 'overloaded_error' }, SOON)], 2],
    ['a broken connection', [drop], 2],
    ['broken JSON', [notJson], 2],
    ['a blank answer', [content('')], 2],
    ['an answer in prose', [content('Sure! Here are the facts.')], 2],
    ['an answer that was cut off', [truncated()], 2],
  ])('%s is got over', async (_, behaviours, requestsInAll) => {
    const { ask, requests } = await start(name, ...behaviours);
    expect((await ask()).value).toEqual(good);
    expect(requests).toHaveLength(requestsInAll);
  });

  test.each([
    ['a rate limit that lasts', [says(429, 'Rate limit reached', {}, { 'retry-after': '120' })], { code: 'UNAVAILABLE', details: { reason: 'MODEL_RATE_LIMITED', retryAfterMs: 120_000 } }, 1],
    ['a wrong key', [says(401, `Incorrect API key provided: ${PROVIDER_KEY}`)], unavailableFor('MODEL_UNAUTHORIZED'), 1],
    ['an unknown model', [says(404, 'The model m1 does not exist')], { ...unavailableFor('MODEL_REQUEST_REFUSED'), message: expect.stringContaining('The model m1 does not exist') }, 1],
    ['server errors without end', times(3, says(500, 'The server had an error', {}, SOON)), unavailableFor('MODEL_SERVER_ERROR'), 3],
    ['overload without end', times(3, says(529, 'Overloaded', {}, SOON)), unavailableFor('MODEL_SERVER_ERROR'), 3],
    ['connections that break', times(3, drop), unavailableFor('MODEL_UNREACHABLE'), 3],
    ['JSON that stays broken', times(3, notJson), unavailableFor('MODEL_PROTOCOL_ERROR'), 3],
    ['a page instead of an answer', [html], unavailableFor('MODEL_PROTOCOL_ERROR'), 1],
    ['silence', [hang], unavailableFor('MODEL_TIMEOUT'), 1],
    ['a refusal', [refusal()], { code: 'INTERNAL_SERVER_ERROR', details: { reason: 'MODEL_REFUSED' } }, 1],
    ['a filtered answer', [content('', 'content_filter')], { code: 'INTERNAL_SERVER_ERROR', details: { reason: 'MODEL_REFUSED' } }, 1],
    ['a filtered prompt', [says(400, 'The response was filtered due to the prompt triggering the content management policy.', { code: 'content_filter' })], { code: 'INTERNAL_SERVER_ERROR', details: { reason: 'MODEL_REFUSED' } }, 1],
  ])('%s is told', async (_, behaviours, expected, requestsInAll) => {
    const { ask, requests } = await start(name, ...behaviours);
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(expected);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(PROVIDER_KEY);
    expect(requests).toHaveLength(requestsInAll);
  });

  test('the refusal of its first way to ask leads to the next one, in the provider’s own words', async () => {
    const { ask, requests } = await start(name, says(400, RUNG_REFUSALS[name]));
    if (first === 'json_object') {
      await expect(ask()).rejects.toMatchObject({ ...unavailableFor('MODEL_REQUEST_REFUSED'), message: expect.stringContaining(RUNG_REFUSALS[name]) });
      return;
    }
    expect((await ask()).value).toEqual(good);
    expect(requests.map(({ rung }) => rung)).toEqual(first === 'json_schema' ? ['json_schema', 'tool'] : ['tool', 'json_object']);
  });

  test('what a refusal and an answer without choices took is told to the meter', async () => {
    const empty: Behaviour = () => ({ body: { choices: [], usage: { prompt_tokens: 7, completion_tokens: 0 } } });
    const { ask, taken } = await start(name, refusal(), empty);
    await expect(ask()).rejects.toMatchObject({ details: { reason: 'MODEL_REFUSED' } });
    await expect(ask()).rejects.toMatchObject(unavailableFor('MODEL_PROTOCOL_ERROR'));
    expect(taken.map(({ promptTokens }) => promptTokens)).toEqual([10, 7]);
  });

  test('is left alone once it failed five times in a row', async () => {
    const { ask, requests } = await start(name, ...times(9, says(500, 'The server had an error', {}, SOON)));
    for (let n = 0; n < 2; n += 1) await expect(ask()).rejects.toMatchObject(unavailableFor('MODEL_SERVER_ERROR'));
    await expect(ask()).rejects.toMatchObject(unavailableFor('CIRCUIT_OPEN'));
    expect(requests).toHaveLength(5);
  });

  if (PROVIDERS[name].embeddings) {
    test('embeds with plain numbers, shortened where that was asked for', async () => {
      const { scripted, env } = await serve(name, [embeddings(8), embeddings(8)]);
      const config = (more: Record<string, string>) => {
        const { embedding } = parseConfig({ CONTEXTIQ_EMBEDDING_MODEL: `${name}/m1`, CONTEXTIQ_EMBEDDING_DIMENSION: '8', ...env, ...more });
        if (embedding.kind !== 'openai') throw new Error('no embedder');
        return embedding;
      };
      const taken: ModelUsage[] = [];
      const inTime = new AbortController().signal;
      expect(await createOpenAiEmbedder(config({})).embed(['a'], inTime, { meter: (usage) => taken.push(usage) })).toEqual([vectorOf('a', 8)]);
      await createOpenAiEmbedder(config({ CONTEXTIQ_EMBEDDING_SHORTEN: 'true' })).embed(['a'], inTime);
      expect(scripted.requests.map(({ body }) => [body['encoding_format'], body['dimensions']])).toEqual([['float', undefined], ['float', 8]]);
      expect(taken).toEqual([{ model: `${name}/m1`, calls: 1, promptTokens: 1, completionTokens: 0 }]);
    });
  }
});

describe('a chain of models', () => {
  /** Two servers; what the first one does is given, the second one answers. */
  async function chain(...behaviours: readonly Behaviour[]) {
    const { scripted, env } = await serve('openai', behaviours);
    const second = await startScriptedModel(providerDoor('anthropic', answer(good)));
    const { chat } = parseConfig({
      CONTEXTIQ_MODEL: 'openai/m1,anthropic/m2', ANTHROPIC_API_KEY: PROVIDER_KEY, ANTHROPIC_API_BASE: second.url, ...env,
    });
    const model = await chooseChat(chat, silentLogger, createCircuits(() => 'up'));
    if (model === null) throw new Error('no model');
    const taken: ModelUsage[] = [];
    return { ask: (signal?: AbortSignal) => model.structured(question((usage) => taken.push(usage), signal)), taken, first: scripted, second };
  }

  test.each([
    ['is not authorised', providerError('openai', 401, 'no')],
    ['does not know its model', providerError('openai', 404, 'no such model')],
    ['wants a pause longer than a moment', providerError('openai', 429, 'slow down', {}, { 'retry-after': '3' })],
    ['has no quota left', providerError('openai', 429, 'You exceeded your current quota', { code: 'insufficient_quota' })],
    ['refuses to answer', refusal()],
  ])('goes on where the first one %s, and says who answered', async (_, behaviour) => {
    const { ask, second } = await chain(behaviour);
    try {
      expect((await ask()).usage.model).toBe('anthropic/m2');
    } finally {
      await second.close();
    }
  });

  test('counts what the first one took in vain', async () => {
    const { ask, taken, second } = await chain(refusal());
    try {
      await ask();
      expect(taken.map(({ model }) => model)).toEqual(['openai/m1', 'anthropic/m2']);
    } finally {
      await second.close();
    }
  });

  test('asks nobody else for an aborted caller', async () => {
    const gone = new Error('no longer needed');
    const controller = new AbortController();
    const { ask, second } = await chain((request) => {
      controller.abort(gone);
      return hang(request);
    });
    try {
      await expect(ask(controller.signal)).rejects.toBe(gone);
      expect(second.requests).toHaveLength(0);
    } finally {
      await second.close();
    }
  });

  test('tells why each one failed when all did, as something that may pass if one of them may', async () => {
    const { ask, second } = await chain(providerError('openai', 429, 'slow down', {}, { 'retry-after': '60' }));
    await second.close();
    const refusing = await startScriptedModel(refusal(), Number(new URL(second.url).port));
    try {
      await expect(ask()).rejects.toMatchObject({
        code: 'UNAVAILABLE', message: expect.stringMatching(/^openai\/m1: .*; anthropic\/m2: the model refused/), details: { reason: 'MODEL_RATE_LIMITED', retryAfterMs: 60_000 },
      });
    } finally {
      await refusing.close();
    }
  });
});

test('an embedder is what the configuration names', async () => {
  const { scripted, env } = await serve('openai', [embeddings(1536)]);
  const embedder = await chooseEmbedder(parseConfig({ CONTEXTIQ_EMBEDDING_MODEL: 'openai/text-embedding-3-small', ...env }).embedding, silentLogger, createCircuits(() => 'up'));
  await embedder.embed(['a'], new AbortController().signal);
  expect([embedder.model, scripted.requests[0]?.body['dimensions']]).toEqual(['openai/text-embedding-3-small', undefined]);
});
