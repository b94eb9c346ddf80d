import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedderContract } from './embedding.contract';
import { openTransformersEmbedder, type TransformersOptions } from './transformers.embedder';

/**
 * A package in the place of @huggingface/transformers, which is not installed here: a real ESM package with its `pipeline` and
 * `env`. Its model is a text file that must lie where the real one would; its vectors tell with what options they were made.
 */
const PACKAGE = `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
export const env = { allowRemoteModels: true, allowLocalModels: false, localModelPath: '/models/', cacheDir: './.cache' };
export async function pipeline(task, repo, { dtype }) {
  if (task !== 'feature-extraction' || dtype !== 'q8') throw new Error('unexpected ' + task + ' ' + dtype);
  let dimension = 8;
  try {
    if (!env.allowLocalModels) throw new Error('local models are not allowed');
    dimension = Number(readFileSync(join(env.localModelPath, repo, 'dimension.txt'), 'utf8'));
  } catch (error) {
    if (!env.allowRemoteModels) throw new Error('env.allowRemoteModels=false and file was not found locally at "' + join(env.localModelPath, repo) + '"');
  }
  return async (text, { pooling, normalize }) => {
    if (text.includes('explode')) throw new Error('cannot read this');
    if (text.includes('exit now')) process.exit(3);
    if (text.includes('never')) await new Promise(() => setInterval(() => {}, 1000));
    let state = 7;
    for (const letter of text) state = (state * 31 + letter.codePointAt(0)) % 65521;
    const vector = Array.from({ length: dimension }, (_, index) => ((state + index) % 97) + 1);
    vector[0] = pooling === 'cls' ? 1000 : 2000;
    vector[1] = normalize ? 1 : -1;
    vector[2] = text.length;
    return { tolist: () => [vector] };
  };
}
`;

const inTime = new AbortController().signal;
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => { rmSync(folder, { recursive: true, force: true }); }));

/** A folder with a copy of the worker, the package beside it and the model's file: what an installation looks like to the worker. */
function install(dimension: number | null = 8): Partial<TransformersOptions> & { readonly folder: string; readonly workerPath: string } {
  const root = mkdtempSync(join(tmpdir(), 'transformers-'));
  folders.push(root);
  const home = join(root, 'node_modules/@huggingface/transformers');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: '@huggingface/transformers', version: '0.0.0', type: 'module', exports: './index.js' }));
  writeFileSync(join(home, 'index.js'), PACKAGE);
  const workerPath = join(root, 'transformers.worker.cjs');
  cpSync(join(__dirname, 'transformers.worker.cjs'), workerPath);
  const folder = join(root, 'models');
  if (dimension !== null) {
    mkdirSync(join(folder, 'Xenova/m'), { recursive: true });
    writeFileSync(join(folder, 'Xenova/m/dimension.txt'), String(dimension));
  }
  return { folder, workerPath };
}

const options = { model: 'm', repo: 'Xenova/m', dimension: 8, pooling: 'mean', queryPrefix: '', download: false, timeoutMs: 5000 } as const;
const open = (more: Partial<TransformersOptions> & { folder: string }) => openTransformersEmbedder({ ...options, ...more });

embedderContract(async () => {
  const embedder = await open(install());
  return { embedder, close: async () => { await embedder.close?.(); } };
});

test('without the package it says which variable wants it and how to install it', async () => {
  await expect(open({ folder: './models' })).rejects.toMatchObject({
    code: 'UNAVAILABLE', details: { reason: 'TRANSFORMERS_MISSING' },
    message: expect.stringMatching(/CONTEXTIQ_EMBEDDING_MODEL=transformers\/m needs the optional package @huggingface\/transformers \(`npm install @huggingface\/transformers`\)/),
  });
});

test('without the model it says where it looked and how to allow a download', async () => {
  const installed = install(null);
  await expect(open(installed)).rejects.toMatchObject({
    details: { reason: 'EMBEDDING_MODEL_MISSING' },
    message: expect.stringMatching(/Xenova\/m cannot be loaded from CONTEXTIQ_TRANSFORMERS_CACHE=.*models; put it there, or set CONTEXTIQ_TRANSFORMERS_DOWNLOAD=true/),
  });
  const embedder = await open({ ...installed, download: true });
  await embedder.close?.();
});

test('pooling is the model’s own, vectors are normalised, and only a question gets the prefix', async () => {
  const embedder = await open({ ...install(), pooling: 'cls', queryPrefix: 'ask: ' });
  const [document] = await embedder.embed(['tea'], inTime);
  const [query] = await embedder.embed(['tea'], inTime, { purpose: 'query' });
  expect([document?.slice(0, 3), query?.slice(0, 3)]).toEqual([[1000, 1, 3], [1000, 1, 8]]);
  await embedder.close?.();
});

test('another dimension than the model is known for is refused', async () => {
  const embedder = await open(install(16));
  await expect(embedder.embed(['a'], inTime)).rejects.toMatchObject({ details: { reason: 'EMBEDDING_DIMENSION_MISMATCH' } });
  await embedder.close?.();
});

test('a text that the model fails on fails alone', async () => {
  const embedder = await open(install());
  await expect(embedder.embed(['explode'], inTime)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'EMBEDDING_ANSWER_INVALID' } });
  expect(await embedder.embed(['fine'], inTime)).toHaveLength(1);
  await embedder.close?.();
});

test('a model that does not come to an end runs into the time limit, and an abort does not wait for it', async () => {
  const embedder = await open({ ...install(), timeoutMs: 50 });
  await expect(embedder.embed(['never'], inTime)).rejects.toMatchObject({ details: { reason: 'MODEL_TIMEOUT' } });
  const reason = new Error('no longer needed');
  const controller = new AbortController();
  const asked = embedder.embed(['never'], controller.signal);
  controller.abort(reason);
  await expect(asked).rejects.toBe(reason);
  await embedder.close?.();
});

test('a thread that dies takes its questions along, and later ones are told', async () => {
  const embedder = await open(install());
  for (const text of ['exit now', 'too late']) {
    await expect(embedder.embed([text], inTime)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'EMBEDDER_STOPPED' } });
  }
});
