import fc from 'fast-check';
import { correctionsOf, editDistance, isCorrectable } from './typo-correction';

test.each([
  ['balcony', 'balcony', 0], ['balcony', 'balcnoy', 1], ['balcony', 'balcon', 1], ['balcony', 'balconny', 1], ['balcony', 'belcony', 1],
  ['kitten', 'sitting', 3], ['ca', 'abc', 3],
])('from %s to %s it takes %i edits', (a, b, distance) => {
  expect(editDistance(a, b, 5)).toBe(distance);
});

test('the distance is symmetric, zero only for equals, and cut off just above the bound', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, max) => {
      const exact = editDistance(a, b, 20);
      expect(editDistance(b, a, 20)).toBe(exact);
      expect(exact === 0).toBe(a === b);
      expect(editDistance(a, b, max)).toBe(Math.min(exact, max + 1));
    }),
  );
});

test('the nearest word wins, then the more frequent one; a short word forgives one slip, a long one two', () => {
  expect(correctionsOf('tomatos', new Map([['tomato', 1], ['tomatillo', 9]]))).toEqual(['tomato']);
  expect(correctionsOf('celo', new Map([['cello', 1], ['cel', 5], ['cell', 9], ['melon', 9]]))).toEqual(['cell', 'cel']);
  expect(correctionsOf('cart', new Map([['court', 9]]))).toEqual([]);
  expect(correctionsOf('balconies', new Map([['balconys', 1]]))).toEqual(['balconys']);
});

test('numbers, short words and bigrams of unspaced scripts are never guessed', () => {
  expect(['2024', 'tea', '東京', 'c++', '한국어요'].filter(isCorrectable)).toEqual([]);
  expect(['teas', 'чайка', 'größe'].every(isCorrectable)).toBe(true);
});
