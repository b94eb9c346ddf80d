import fc from 'fast-check';
import { embedderContract } from './embedding.contract';
import { createHashEmbedder } from './hash.embedder';

const embedder = createHashEmbedder();
const inTime = new AbortController().signal;

embedderContract(async () => ({ embedder, close: async () => {} }));

async function similarity(a: string, b: string): Promise<number> {
  const [left = [], right = []] = await embedder.embed([a, b], inTime);
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

test('every vector is a unit vector, the same at every call', async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.lorem()), async (text) => {
    const [first = [], second = []] = await embedder.embed([text, text], inTime);
    expect(first).toEqual(second);
    expect(Math.hypot(...first)).toBeCloseTo(1, 9);
  }));
});

test('case, accents, width and punctuation make no difference', async () => {
  expect(await similarity('José lives in Zürich.', 'jose LIVES in zurich')).toBeCloseTo(1, 9);
  expect(await similarity('Ｔｏｋｙｏ', 'Tokyo!')).toBeCloseTo(1, 9);
});

test.each([
  ['Caroline lives in Portland.', 'Caroline lives in Portland, Oregon', 'Melanie works at a hospital'],
  ['Caroline lives in Portland.', 'Caroline is living in Portland.', 'Melanie is painting a sunset.'],
  ['He prefers the colour grey', 'He prefers the color gray', 'She bought a used bicycle'],
  ['田中さんは東京に住んでいます。', '田中さんは東京都に住んでいる', '鈴木さんは犬が好きです'],
  ['เธออาศัยอยู่ในกรุงเทพ', 'เธออาศัยในกรุงเทพฯ', 'เขาชอบกินทุเรียน'],
  ['Она живёт в Москве', 'Она живет в Москве сейчас', 'Он любит кофе'],
  ['هي تعيش في القاهرة', 'هي تعيش في القاهرة الآن', 'هو يحب القهوة'],
])('“%s” is near “%s” and far from “%s”', async (fact, near, far) => {
  expect(await similarity(fact, near)).toBeGreaterThan(0.55);
  expect(await similarity(fact, far)).toBeLessThan(0.4);
});

test('its identity is fixed: stored vectors depend on it', async () => {
  expect([embedder.model, embedder.dimension, embedder.semantic]).toEqual(['offline/hash-384', 384, false]);
  const [vector = []] = await embedder.embed(['Caroline lives in Portland.'], inTime);
  const largest = vector.map((value, index) => ({ value, index })).sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 3);
  expect(largest.map(({ index, value }) => `${index}:${value.toFixed(4)}`)).toMatchInlineSnapshot(`
[
  "93:0.4018",
  "265:-0.4018",
  "297:0.4018",
]
`);
});
