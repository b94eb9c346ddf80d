import fc from 'fast-check';
import { foldText, normalizeText } from './text-folding';

test('facts that differ in case, accents, punctuation or white space are the same', () => {
  expect(normalizeText('  Zoë doesn’t\n like “Crème Brûlée”! ')).toBe(normalizeText("zoe doesn't like creme brulee."));
  expect(normalizeText('Owes 1,200 €.')).toBe(normalizeText('owes 1200 €'));
});

test.each([
  ['writes C', 'writes C++'],
  ['writes C', 'writes C#'],
  ['runs 3.5 km', 'runs 35 km'],
  ['runs 3.5 km', 'runs 3 5 km'],
  ['it was 5 degrees', 'it was -5 degrees'],
  ['earns $50', 'earns 50%'],
  ['meets at 10:30', 'meets at 1030'],
])('%s is not %s', (one, other) => {
  expect(normalizeText(one)).not.toBe(normalizeText(other));
});

test('folding and normalizing twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      expect(foldText(foldText(text))).toBe(foldText(text));
      expect(normalizeText(normalizeText(text))).toBe(normalizeText(text));
    }),
    { numRuns: 500 },
  );
});
