// @ts-check
'use strict';
// The thread that runs an embedding model through the optional package @huggingface/transformers: a text takes tens of
// milliseconds of a core, which must not stand in the way of requests. Plain JavaScript, because a worker thread loads no
// TypeScript under jest. The tests run this file against a package that imitates `pipeline` and `env`; the real package,
// half a gigabyte with a native runtime, is not installed where they run.
const { parentPort, workerData } = require('node:worker_threads');

/** @typedef {{ tolist(): number[][] }} Tensor */
/** @typedef {(text: string, options: { pooling: string, normalize: boolean }) => Promise<Tensor>} Extract */
/** @typedef {{ allowRemoteModels: boolean, allowLocalModels: boolean, localModelPath: string, cacheDir: string }} Env */
/** @typedef {{ env: Env, pipeline(task: string, model: string, options: { dtype: string }): Promise<Extract> }} Package */
/** @typedef {{ repo: string, pooling: string, folder: string, download: boolean }} Options */

if (parentPort === null) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const NAME = '@huggingface/transformers';
const wordsOf = (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error));

void start(/** @type {Options} */ (workerData));

/** @param {Options} options */
async function start({ repo, pooling, folder, download }) {
  /** @type {Package} */
  let transformers;
  try {
    transformers = await import(NAME);
  } catch (error) {
    port.postMessage({ kind: 'failed', missing: 'package', message: wordsOf(error) });
    return;
  }
  try {
    const { env, pipeline } = transformers;
    Object.assign(env, { allowLocalModels: true, localModelPath: folder, cacheDir: folder, allowRemoteModels: download });
    const extract = await pipeline('feature-extraction', repo, { dtype: 'q8' });
    port.on('message', (/** @type {{ id: number, texts: readonly string[] }} */ { id, texts }) => {
      embed(extract, texts, pooling).then(
        (vectors) => { port.postMessage({ kind: 'vectors', id, vectors }); },
        (/** @type {unknown} */ error) => { port.postMessage({ kind: 'refused', id, message: wordsOf(error) }); },
      );
    });
    port.postMessage({ kind: 'ready' });
  } catch (error) {
    port.postMessage({ kind: 'failed', missing: 'model', message: wordsOf(error) });
  }
}

/**
 * One text at a time: the quantised model scales by what is computed together, so a text's vector would depend on its neighbours.
 * @param {Extract} extract
 * @param {readonly string[]} texts
 * @param {string} pooling
 */
async function embed(extract, texts, pooling) {
  const vectors = [];
  for (const text of texts) vectors.push((await extract(text, { pooling, normalize: true })).tolist()[0]);
  return vectors;
}
