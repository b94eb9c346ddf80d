import { embeddings, hang, html, serverError, startScriptedModel, status, vectorOf, type Script, type ScriptedModel } from '../../testing/scripted-model';
import { embedderContract } from './embedding.contract';
import { createOpenAiEmbedder, type OpenAiEmbedderOptions } from './openai.embedder';

const inTime = new AbortController().signal;
const options = { apiKey: 'secret-key-1234567890', model: 'e1', provider: 'acme', dimension: 8, timeoutMs: 5000, backoffMs: 1 };

embedderContract(async () => {
  const server = await startScriptedModel(embeddings(8));
  return { embedder: createOpenAiEmbedder({ ...options, baseUrl: server.url }), close: server.close };
});

let server: ScriptedModel | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(script: Script, more: Partial<OpenAiEmbedderOptions> = {}) {
  const scripted = await startScriptedModel(script);
  server = scripted;
  return { embedder: createOpenAiEmbedder({ ...options, baseUrl: scripted.url, ...more }), requests: scripted.requests };
}

test('texts travel in batches by number and by size, in order', async () => {
  const { embedder, requests } = await start(embeddings(8), { batchSize: 20 });
  const texts = [...Array.from({ length: 45 }, (_, index) => `t${index}`), ...Array.from({ length: 15 }, (_, index) => `${index}`.padEnd(8000, 'x'))];
  expect(await embedder.embed(texts, inTime)).toEqual(texts.map((text) => vectorOf(text, 8)));
  expect(requests.every(({ inputs }) => inputs.length <= 20 && inputs.join('').length <= 100_000)).toBe(true);
  expect(requests.flatMap(({ inputs }) => inputs)).toEqual(texts);
});

test('plain numbers are asked for, a dimension only where the server is to shorten its vectors', async () => {
  const plain = await start(embeddings(8));
  await plain.embedder.embed(['a'], inTime);
  expect(plain.requests[0]?.body).toEqual({ model: 'e1', input: ['a'], encoding_format: 'float' });
  await server?.close();
  const shortening = await start(embeddings(8), { requestDimensions: true });
  await shortening.embedder.embed(['a'], inTime);
  expect(shortening.requests[0]?.body).toMatchObject({ dimensions: 8 });
});

test('vectors in base64 are read, and the order of the indexes holds, not that of the list', async () => {
  const { embedder } = await start(embeddings(8, { base64: true, reversed: true }));
  expect(await embedder.embed(['a', 'b'], inTime)).toEqual([vectorOf('a', 8), vectorOf('b', 8)]);
});

test('it is semantic, and named after its provider', async () => {
  const { embedder } = await start([]);
  expect([embedder.model, embedder.semantic]).toEqual(['acme/e1', true]);
});

test('another dimension than configured names both', async () => {
  const { embedder } = await start(embeddings(16));
  await expect(embedder.embed(['a'], inTime)).rejects.toMatchObject({
    code: 'UNAVAILABLE', message: 'acme/e1 returned vectors of dimension 16, but 8 is configured', details: { reason: 'EMBEDDING_DIMENSION_MISMATCH' },
  });
});

test.each([
  ['a vector is missing', embeddings(8, { missing: 1 })],
  ['a vector is zero', embeddings(8, { zero: true })],
  ['a page comes instead', html],
  ['an index is repeated', () => ({ body: { data: [{ index: 0, embedding: [1] }, { index: 0, embedding: [1] }] } })],
  ['base64 is cut', () => ({ body: { data: [{ embedding: 'AAA=' }, { embedding: 'AAA=' }] } })],
])('when %s, nothing is returned', async (_, behaviour) => {
  const { embedder } = await start(behaviour);
  await expect(embedder.embed(['a', 'b'], inTime)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'EMBEDDING_ANSWER_INVALID' } });
});

test('failures are tried again, and told as those of a chat model are', async () => {
  const { embedder, requests } = await start([serverError(), embeddings(8), status(401)]);
  expect(await embedder.embed(['a'], inTime)).toEqual([vectorOf('a', 8)]);
  expect(requests).toHaveLength(2);
  await expect(embedder.embed(['a'], inTime)).rejects.toMatchObject({ details: { reason: 'MODEL_UNAUTHORIZED' } });
});

test('a server that never answers runs into the time limit', async () => {
  const { embedder } = await start(hang, { timeoutMs: 50 });
  await expect(embedder.embed(['a'], inTime)).rejects.toMatchObject({ details: { reason: 'MODEL_TIMEOUT' } });
});
