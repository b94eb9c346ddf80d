import fc from 'fast-check';
import { excerptAround } from './excerpt';
import { planQuery } from './query-planning';

const FILLER = 'The harbor was calm and nobody said a word. ';

test('a short text stays as it is', () => {
  expect(excerptAround('The mast\nbroke.', planQuery('mast'), 100)).toBe('The mast\nbroke.');
});

test('a long text is cut to the sentences that speak of the question', () => {
  const text = `${FILLER.repeat(20)}Our mast broke in the storm. It cost us a week. ${FILLER.repeat(20)}`;
  const excerpt = excerptAround(text, planQuery('When did the mast break?'), 120);
  expect(excerpt).toContain('Our mast broke in the storm.');
  expect(excerpt).toMatch(/^….*…$/s);
});

test('without a word of the question the beginning is kept', () => {
  expect(excerptAround(FILLER.repeat(20), planQuery('zeppelin'), 100)).toMatch(/^The harbor/);
});

test('an excerpt is never longer than asked and always well-formed', () => {
  const text = fc.array(fc.constantFrom('mast ', 'boat. ', '😀', '?', '\n', 'wordwithoutend'), { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.integer({ min: 10, max: 80 }), (long, maxLength) => {
      const excerpt = excerptAround(long, planQuery('mast boat'), maxLength);
      expect(excerpt.length).toBeLessThanOrEqual(maxLength);
      expect(excerpt.isWellFormed()).toBe(true);
    }),
  );
});
