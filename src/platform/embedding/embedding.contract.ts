import type { Embedder } from './embedding.port';

export interface OpenEmbedder {
  readonly embedder: Embedder;
  close(): Promise<void>;
}

const inTime = new AbortController().signal;

/** What every embedder promises; each adapter's test runs it. */
export function embedderContract(open: () => Promise<OpenEmbedder>): void {
  describe('as every embedder', () => {
    let opened: OpenEmbedder;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    test('its name is provider/model and its dimension fits one page', () => {
      expect(opened.embedder.model).toMatch(/^[^/]+\/.+$/);
      expect(opened.embedder.dimension).toBeGreaterThan(0);
      expect(opened.embedder.dimension).toBeLessThanOrEqual(1536);
    });

    test('it gives one vector of its dimension per text, in order, however many there are', async () => {
      const texts = Array.from({ length: 300 }, (_, index) => `fact number ${index}`);
      const vectors = await opened.embedder.embed(texts, inTime);
      expect(vectors).toHaveLength(300);
      expect(new Set(vectors.map((vector) => vector.length))).toEqual(new Set([opened.embedder.dimension]));
      for (const at of [0, 137, 299]) {
        const [alone] = await opened.embedder.embed([texts[at] ?? ''], inTime);
        expect(vectors[at]).toEqual(alone);
      }
    });

    test('no texts give no vectors', async () => {
      expect(await opened.embedder.embed([], inTime)).toEqual([]);
    });

    test('every text has a vector with a direction, be it empty, blank, broken or huge', async () => {
      const vectors = await opened.embedder.embed(['', '   ', '!?', '\ud800', '😀', 'x'.repeat(200_000), 'ｶﾀｶﾅ \u0000'], inTime);
      for (const vector of vectors) {
        expect(vector.every(Number.isFinite)).toBe(true);
        expect(vector.some((value) => value !== 0)).toBe(true);
      }
    });

    test('an aborted signal ends it with the signal’s reason', async () => {
      const reason = new Error('no longer needed');
      await expect(opened.embedder.embed(['a'], AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
