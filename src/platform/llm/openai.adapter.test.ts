import { z } from 'zod';
import { answer, content, drop, hang, html, ignoringJsonSchema, notJson, rateLimited, refusal, refusing, serverError, stall, startScriptedModel, status, truncated, type Script, type ScriptedModel } from '../../testing/scripted-model';
import { createOpenAiChatModel, type OpenAiChatOptions } from './openai.adapter';

const Facts = z.object({ facts: z.array(z.string()).min(1, 'at least one fact') });
const jsonSchema = { type: 'object', properties: { facts: { type: 'array', items: { type: 'string' } } }, required: ['facts'], additionalProperties: false };
const good = { facts: ['Ana lives in Lima.'] };
const apiKey = 'secret-key-1234567890';

let server: ScriptedModel | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(script: Script, options: Partial<OpenAiChatOptions> = {}) {
  const scripted = await startScriptedModel(script);
  server = scripted;
  const chat = createOpenAiChatModel({ baseUrl: scripted.url, apiKey, model: 'm1', maxTokens: 100, timeoutMs: 5000, backoffMs: 1, ...options });
  const ask = (signal = new AbortController().signal) => chat.structured({
    schemaName: 'facts', jsonSchema, parse: (value) => Facts.parse(value), signal,
    messages: [{ role: 'system', content: 'You extract.' }, { role: 'user', content: 'I live in Lima.' }],
  });
  return { ask, chat, requests: scripted.requests };
}

const unavailableFor = (reason: string) => ({ code: 'UNAVAILABLE', details: { reason } });
const rungs = (requests: ScriptedModel['requests']) => requests.map((request) => request.rung);

describe('the ladder', () => {
  test('a strict schema is asked for first, and the answer is parsed, with its usage and the model’s stored name', async () => {
    const { ask, requests } = await start([answer(good)], { provider: 'acme', temperature: 0 });
    await expect(ask()).resolves.toEqual({ value: good, usage: { model: 'acme/m1', calls: 1, promptTokens: 10, completionTokens: 5 } });
    expect(requests[0]?.body).toMatchObject({
      model: 'm1', max_tokens: 100, temperature: 0,
      response_format: { type: 'json_schema', json_schema: { name: 'facts', strict: true, schema: jsonSchema } },
    });
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${apiKey}`);
  });

  test('a server that refuses schemas is asked for a forced tool call, and not asked for a schema again', async () => {
    const { ask, requests } = await start(refusing(['json_schema'], answer(good)));
    expect((await ask()).value).toEqual(good);
    expect((await ask()).value).toEqual(good);
    expect(rungs(requests)).toEqual(['json_schema', 'tool', 'tool']);
    expect(requests[1]?.body['tool_choice']).toEqual({ type: 'function', function: { name: 'facts' } });
  });

  test('a server that refuses tools as well gets the schema in its prompt', async () => {
    const { ask, requests } = await start(refusing(['json_schema', 'tool'], answer(good)));
    await ask();
    expect(rungs(requests)).toEqual(['json_schema', 'tool', 'json_object']);
    expect(requests[2]?.messages).toHaveLength(2);
    expect(requests[2]?.messages[0]?.content).toContain(JSON.stringify(jsonSchema));
  });

  test('a server that ignores the schema and answers in prose steps down too, is remembered, and all turns are accounted', async () => {
    const { ask, requests } = await start(ignoringJsonSchema(good));
    expect((await ask()).usage).toMatchObject({ promptTokens: 20, completionTokens: 10 });
    expect((await ask()).usage).toMatchObject({ promptTokens: 10, completionTokens: 5 });
    expect(rungs(requests)).toEqual(['json_schema', 'tool', 'tool']);
  });

  test('JSON of the wrong shape from a rung that never worked is repaired once, then tried one rung lower', async () => {
    const { ask, requests } = await start((request) => answer(request.rung === 'tool' ? good : { nothing: 1 })(request));
    expect((await ask()).value).toEqual(good);
    expect(rungs(requests)).toEqual(['json_schema', 'json_schema', 'tool']);
  });

  test('the ladder can start lower', async () => {
    const { ask, requests } = await start([answer(good)], { structuredOutput: 'json_object' });
    await ask();
    expect(rungs(requests)).toEqual(['json_object']);
  });

  test('answers in a Markdown fence or after thoughts are read', async () => {
    const { ask } = await start([
      content(`Here it is:\n\`\`\`json\n${JSON.stringify(good)}\n\`\`\``),
      content(`<think>Let me see {…}</think>\n${JSON.stringify(good)}`),
    ]);
    expect((await ask()).value).toEqual(good);
    expect((await ask()).value).toEqual(good);
  });
});

describe('the repair turn', () => {
  test('shows the model its answer and what was wrong with it', async () => {
    const { ask, requests } = await start([answer({ facts: [] }), answer(good)]);
    expect((await ask()).usage).toMatchObject({ promptTokens: 20, completionTokens: 10 });
    const said = requests[1]?.messages ?? [];
    expect(said.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(said[2]?.content).toBe('{"facts":[]}');
    expect(said[3]?.content).toContain('at least one fact');
  });

  test('happens once: an answer that still does not fit is an error', async () => {
    const { ask, requests } = await start((request) => answer({ facts: [] })(request), { structuredOutput: 'json_object' });
    await expect(ask()).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR', details: { reason: 'MODEL_ANSWER_INVALID' } });
    expect(requests).toHaveLength(2);
  });

  test('a rung that has worked before is not left for one bad answer', async () => {
    const { ask, requests } = await start([answer(good), content('no'), content('no')]);
    await ask();
    await expect(ask()).rejects.toMatchObject({ details: { reason: 'MODEL_ANSWER_INVALID' } });
    expect(rungs(requests)).toEqual(['json_schema', 'json_schema', 'json_schema']);
  });

  test('a blank answer at the lowest rung is asked for again', async () => {
    const { ask, requests } = await start([content(''), answer(good)], { structuredOutput: 'json_object' });
    expect((await ask()).value).toEqual(good);
    expect(requests[1]?.messages[2]?.content).not.toBe('');
  });

  test('an answer that was cut off is asked for again, shorter', async () => {
    const { ask, requests } = await start([truncated(), answer(good)]);
    expect((await ask()).value).toEqual(good);
    expect(requests[1]?.messages.at(-1)?.content).toContain('shorter');
  });

  test('a refusal is final', async () => {
    const { ask, requests } = await start([refusal()]);
    await expect(ask()).rejects.toMatchObject({ details: { reason: 'MODEL_REFUSED' } });
    expect(requests).toHaveLength(1);
  });

  test('a content filter is a refusal', async () => {
    const { ask } = await start([content('', 'content_filter')]);
    await expect(ask()).rejects.toMatchObject({ details: { reason: 'MODEL_REFUSED' } });
  });
});

describe('quirks of models', () => {
  test('the other name of the token limit is tried once and remembered', async () => {
    const { ask, requests } = await start([
      status(400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", {}, { param: 'max_tokens' }),
      answer(good), answer(good),
    ]);
    await ask();
    await ask();
    expect(requests.map(({ body }) => [body['max_tokens'], body['max_completion_tokens']])).toEqual([[100, undefined], [undefined, 100], [undefined, 100]]);
  });

  test('a server that knows neither name is not asked for ever', async () => {
    const { ask, requests } = await start((request) => status(400, 'max_tokens and max_completion_tokens are unknown')(request));
    await expect(ask()).rejects.toMatchObject(unavailableFor('MODEL_REQUEST_REFUSED'));
    expect(requests).toHaveLength(2);
  });

  test('a model that takes no temperature is asked without', async () => {
    const { ask, requests } = await start([status(400, "Unsupported value: 'temperature' does not support 0 with this model.", {}, { param: 'temperature' }), answer(good)], { temperature: 0 });
    await ask();
    expect(requests.map(({ body }) => body['temperature'])).toEqual([0, undefined]);
  });

  test('no temperature is sent, and no authorization, where none is configured', async () => {
    const { ask, requests } = await start([answer(good)], { apiKey: '' });
    await ask();
    expect(requests[0]?.body).not.toHaveProperty('temperature');
    expect(requests[0]?.headers.authorization).toBeUndefined();
  });
});

describe('failures', () => {
  test('rate limits, server errors, conflicts and broken connections are tried again', async () => {
    const { ask, requests } = await start([rateLimited(), serverError(), status(409), drop, status(408), notJson, answer(good)], { attempts: 7 });
    expect((await ask()).value).toEqual(good);
    expect(requests).toHaveLength(7);
  });

  test.each([
    ['MODEL_RATE_LIMITED', rateLimited()],
    ['MODEL_SERVER_ERROR', serverError()],
    ['MODEL_UNREACHABLE', drop],
    ['MODEL_TIMEOUT', status(408)],
    ['MODEL_PROTOCOL_ERROR', notJson],
  ])('%s is told after three attempts', async (reason, behaviour) => {
    const { ask, requests } = await start(behaviour);
    await expect(ask()).rejects.toMatchObject(unavailableFor(reason));
    expect(requests).toHaveLength(3);
  });

  test('a pause longer than the bound is left to the caller, with its length', async () => {
    const { ask, requests } = await start(status(429, 'slow down', { 'retry-after': '120' }));
    await expect(ask()).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'MODEL_RATE_LIMITED', retryAfterMs: 120_000 } });
    expect(requests).toHaveLength(1);
  });

  test('a used-up quota is not tried again', async () => {
    const { ask, requests } = await start(status(429, 'You exceeded your current quota', {}, { code: 'insufficient_quota' }));
    await expect(ask()).rejects.toMatchObject(unavailableFor('MODEL_QUOTA_EXHAUSTED'));
    expect(requests).toHaveLength(1);
  });

  test.each([401, 403])('a key that the provider refuses (%i) is named as such and never shown', async (code) => {
    const { ask, requests } = await start(status(code, `Incorrect API key provided: ${apiKey}`));
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(unavailableFor('MODEL_UNAUTHORIZED'));
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(apiKey);
    expect(requests).toHaveLength(1);
  });

  test('another refusal is told in the provider’s words, without the key', async () => {
    const { ask } = await start(status(404, `The model m1 does not exist for ${apiKey}`));
    await expect(ask()).rejects.toMatchObject({ message: expect.stringMatching(/The model m1 does not exist for \[key\]$/), details: { reason: 'MODEL_REQUEST_REFUSED' } });
  });

  test('a page that is no completion is told as such', async () => {
    const { ask } = await start(html);
    await expect(ask()).rejects.toMatchObject(unavailableFor('MODEL_PROTOCOL_ERROR'));
  });

  test.each([['never answers', hang], ['stops in the middle of its answer', stall]])('a server that %s runs into the time limit, once', async (_, behaviour) => {
    const { ask, requests } = await start(behaviour, { timeoutMs: 1000 });
    await expect(ask()).rejects.toMatchObject(unavailableFor('MODEL_TIMEOUT'));
    expect(requests).toHaveLength(1);
  });

  test('a port where nobody listens is unreachable', async () => {
    const gone = await startScriptedModel([]);
    await gone.close();
    const { ask } = await start([], { baseUrl: gone.url });
    await expect(ask()).rejects.toMatchObject(unavailableFor('MODEL_UNREACHABLE'));
  });

  test('the caller’s abort ends a call under way, with the caller’s reason', async () => {
    const controller = new AbortController();
    const reason = new Error('no longer needed');
    const { ask } = await start((request) => {
      controller.abort(reason);
      return hang(request);
    });
    await expect(ask(controller.signal)).rejects.toBe(reason);
  });
});
