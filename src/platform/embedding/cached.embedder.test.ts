import { createLruCache } from '../cache/lru.cache';
import { withQueryCache } from './cached.embedder';
import type { Embedder } from './embedding.port';
import { createHashEmbedder } from './hash.embedder';

const counting = (model: string): Embedder & { asked: string[] } => {
  const asked: string[] = [];
  return { asked, model, dimension: 2, semantic: true, embed: async (texts) => { asked.push(...texts); return texts.map((text) => [text.length, asked.length]); } };
};
const signal = new AbortController().signal;

it('asks the provider once for a question, and again for another text or another vector space', async () => {
  const cache = createLruCache({ maxBytes: 1024 * 1024 });
  const [one, other] = [counting('acme/one'), counting('acme/other')];
  const [first] = await withQueryCache(one, cache).embed(['tea?'], signal);
  expect(await withQueryCache(one, cache).embed(['tea?'], signal)).toEqual([first]);
  await withQueryCache(one, cache).embed(['tea'], signal);
  await withQueryCache(other, cache).embed(['tea?'], signal);
  expect([one.asked, other.asked]).toEqual([['tea?', 'tea'], ['tea?']]);
});

it('asks once for all who ask at the same moment, and again for those who are left when the first gives up', async () => {
  const cache = createLruCache({ maxBytes: 1024 * 1024 });
  const one = counting('acme/one');
  const embedder = withQueryCache(one, cache);
  const answers = await Promise.all([embedder.embed(['tea?'], signal), embedder.embed(['tea?'], signal), embedder.embed(['tea?'], signal)]);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(one.asked).toEqual(['tea?']);

  const giving = new AbortController();
  const slow = counting('acme/slow');
  const patient = withQueryCache({
    ...slow,
    embed: (texts, asking) => (asking.aborted ? Promise.reject(new Error('out of time')) : slow.embed(texts, asking)),
  }, cache);
  const [first, second] = [patient.embed(['coffee?'], giving.signal), patient.embed(['coffee?'], signal)];
  giving.abort();
  await expect(first).rejects.toThrow('out of time');
  expect(await second).toHaveLength(1);
  expect(slow.asked).toEqual(['coffee?']);
});

it('keeps no failure', async () => {
  const cache = createLruCache({ maxBytes: 1024 * 1024 });
  const good = counting('acme/one');
  const bad: Embedder = { ...good, embed: () => Promise.reject(new Error('away')) };
  await expect(withQueryCache(bad, cache).embed(['tea?'], signal)).rejects.toThrow('away');
  expect(await withQueryCache(good, cache).embed(['tea?'], signal)).toHaveLength(1);
});

it('leaves batches and offline hashing alone', async () => {
  const cache = createLruCache({ maxBytes: 1024 * 1024 });
  const remote = counting('acme/one');
  await withQueryCache(remote, cache).embed(['a', 'b'], signal);
  await withQueryCache(remote, cache).embed(['a', 'b'], signal);
  expect(remote.asked).toEqual(['a', 'b', 'a', 'b']);
  const hashing = createHashEmbedder();
  expect(withQueryCache(hashing, cache)).toBe(hashing);
});
