import fc from 'fast-check';
import { seededRandom } from '../../../testing/e2e/random';
import { DECOY, generatedTrajectories, HIDDEN, shuffled } from '../../../testing/trajectories';
import { actionToken } from '../action-token';
import { nearestOccurrence } from './alignment';
import { minePatterns, type MiningBounds, type Sequence } from './mining';

const BOUNDS: MiningBounds = { minSupport: 10, minConfidence: 0.6, minLength: 3, maxLength: 12, maxPatterns: 20 };
const sequencesOf = (seed: number): (Sequence & { role: string })[] =>
  generatedTrajectories(seededRandom(seed)).map(({ actions, outcome, role }, n) => ({ id: String(n).padStart(4, '0'), tokens: actions.map(actionToken), outcome, role }));

describe('200 trajectories with a hidden pattern, a decoy and near-equal noise', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('give the pattern and only it: seed %i', async (seed) => {
    const sequences = sequencesOf(seed);
    const patterns = await minePatterns(sequences, BOUNDS);
    expect(patterns.map(({ tokens }) => tokens)).toEqual([HIDDEN.map(actionToken)]);
    const [pattern] = patterns;
    expect(pattern?.support).toBeGreaterThanOrEqual(28);
    expect(pattern?.support).toBeLessThanOrEqual(32);
    const hidden = new Set(sequences.filter(({ role }) => role === 'hidden').map(({ id }) => id));
    expect(pattern?.evidence.filter(({ id }) => hidden.has(id)).length).toBeGreaterThanOrEqual(28);
  });

  it('give the decoy too once the bound lets it', async () => {
    const patterns = await minePatterns(sequencesOf(1), { ...BOUNDS, minSupport: 6 });
    expect(patterns.map(({ tokens }) => tokens)).toEqual(expect.arrayContaining([HIDDEN.map(actionToken), DECOY.map(actionToken)]));
  });

  it('give the same in any order', async () => {
    const sequences = sequencesOf(3);
    const first = await minePatterns(sequences, BOUNDS);
    for (const seed of [11, 12, 13]) expect(await minePatterns(shuffled(sequences, seededRandom(seed)), BOUNDS)).toEqual(first);
  });
});

test('a few trajectories of the same steps give all of them, whatever their ids are', async () => {
  for (let n = 0; n < 100; n += 1) {
    const sequences = ['a', 'b', 'c'].map((name) => ({ id: `${name} ${n}`, outcome: 'SUCCESS' as const, tokens: ['open', 'fetch', 'issue', 'notify'] }));
    expect(await minePatterns(sequences, { ...BOUNDS, minSupport: 3 })).toMatchObject([{ tokens: ['open', 'fetch', 'issue', 'notify'], support: 3 }]);
  }
});

const token = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const sequence = fc.array(token, { minLength: 1, maxLength: 10 });
const few = { ...BOUNDS, minSupport: 3, maxLength: 6 };

test('whatever the trajectories: bounds hold, support counts each once, order does not matter', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(sequence, fc.constantFrom('SUCCESS' as const, 'FAILURE' as const)), { maxLength: 25 }), fc.integer(), async (made, seed) => {
    const sequences = made.map(([tokens, outcome], n) => ({ id: `t${n}`, tokens, outcome }));
    const patterns = await minePatterns(sequences, few);
    for (const { tokens, support, confidence, evidence } of patterns) {
      const ids = evidence.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(support).toBe(evidence.filter(({ outcome }) => outcome === 'SUCCESS').length);
      expect(confidence).toBe(support / evidence.length);
      expect(support).toBeGreaterThanOrEqual(few.minSupport);
      expect(confidence).toBeGreaterThanOrEqual(few.minConfidence);
      expect(tokens.length).toBeGreaterThanOrEqual(few.minLength);
      expect(tokens.length).toBeLessThanOrEqual(few.maxLength);
    }
    expect(await minePatterns(shuffled(sequences, seededRandom(seed)), few)).toEqual(patterns);
  }), { numRuns: 60 });
});

test.each([[300, 20, 12], [300, 20, 40]])('%i trajectories of %i steps from %i at random give nothing', async (count, steps, words) => {
  const random = seededRandom(5);
  const sequences = Array.from({ length: count }, (_, n) => ({ id: `t${n}`, outcome: 'SUCCESS' as const, tokens: Array.from({ length: steps }, () => `w${random.int(words)}`) }));
  expect(await minePatterns(sequences, { ...BOUNDS, minSupport: 3 })).toEqual([]);
});

test('many that do just the same show it without any noise around', async () => {
  const patterns = await minePatterns(Array.from({ length: 5 }, (_, n) => ({ id: `t${n}`, tokens: ['a', 'b', 'c', 'd'], outcome: 'SUCCESS' as const })), few);
  expect(patterns.map(({ tokens, support, confidence }) => ({ tokens: tokens.join(''), support, confidence }))).toEqual([{ tokens: 'abcd', support: 5, confidence: 1 }]);
});

test.each([
  ['exactly', 'xabcdey', { from: 1, to: 5, cost: 0, present: [true, true, true, true, true] }],
  ['with a step between', 'abxcde', { from: 0, to: 5, cost: 1, present: [true, true, true, true, true] }],
  ['without a step', 'xabdey', { from: 1, to: 4, cost: 2, present: [true, true, false, true, true] }],
  ['with another step', 'abxde', { from: 0, to: 4, cost: 2, present: [true, true, false, true, true] }],
  ['with two swapped', 'acbde', { from: 0, to: 4, cost: 2, present: [true, true, true, true, true] }],
  ['not at all', 'edcba', null],
])('a pattern occurs %s', (_, text, occurrence) => {
  expect(nearestOccurrence(Array.from('abcde'), Array.from(text))).toEqual(occurrence);
});

test('an action is the same however its arguments read', () => {
  const same = ['search_orders(id=42)', 'searchOrders "blue hat"', '{"tool": "search_orders", "args": {"id": 1}}', 'Search the orders', 'search_orders order_id=77'];
  expect(new Set(same.map(actionToken))).toEqual(new Set(['search order']));
  expect(actionToken('???')).toBe('???');
});
