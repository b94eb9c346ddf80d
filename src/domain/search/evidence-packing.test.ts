import fc from 'fast-check';
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { COMPACT_RENDERING, packEvents } from './evidence-packing';

const countTokens = (text: string): number => countO200k(text);

const turn = (sessionId: string, seq: number, text: string, day = 1) => ({
  eventId: `${sessionId}-${seq}`,
  sessionId,
  seq,
  speaker: seq % 2 === 1 ? 'Nadia' : 'Tom',
  text,
  occurredAt: new Date(Date.UTC(2024, 2, day, 9, seq)),
});
type Turn = ReturnType<typeof turn>;

const pack = (turns: readonly Turn[], ranking: readonly string[], budget: number, count = countTokens) =>
  packEvents(
    ranking.map((eventId) => ({ eventId, score: 0.5, parts: {} })),
    new Map(turns.map((row) => [row.eventId, row])),
    budget,
    count,
  );

test('sessions stand in the order of time under one date each, turns in the order they were said', () => {
  const turns = [
    turn('z', 1, 'The mast broke in the storm, so we turned back.', 1),
    turn('z', 3, 'A new mast of pine costs nine hundred.', 1),
    turn('a', 2, 'The new mast stands since this very morning.', 20),
  ];
  expect(pack(turns, ['a-2', 'z-3', 'z-1'], 500).text).toBe(
    [
      '1 March 2024',
      'Nadia: The mast broke in the storm, so we turned back.',
      'Nadia: A new mast of pine costs nine hundred.',
      '20 March 2024',
      'Tom: The new mast stands since this very morning.',
    ].join('\n'),
  );
});

test('ids come in the order of the text and tokens are those of the text', () => {
  const turns = [turn('a', 1, 'We left the harbor at dawn with four people on board.'), turn('a', 2, 'And we came back at night with three, he swam.')];
  const packed = pack(turns, ['a-2', 'a-1'], 500);
  expect(packed.eventIds).toEqual(['a-1', 'a-2']);
  expect(packed.tokens).toBe(countTokens(packed.text));
});

test('the best turns are taken first, and a long one that no longer fits makes room for a shorter one', () => {
  const turns = [
    turn('a', 1, 'The first turn is of a middling length, as turns go.'),
    turn('a', 3, 'long '.repeat(100)),
    turn('a', 5, 'The third turn is of a middling length, as turns go.'),
  ];
  expect(pack(turns, ['a-1', 'a-3', 'a-5'], 40).eventIds).toEqual(['a-1', 'a-5']);
});

test('a short reply brings the question it answers, when that fits', () => {
  const turns = [turn('a', 1, 'How long have you been sailing on that boat?'), turn('a', 2, 'Seven years!'), turn('a', 4, 'Unrelated.')];
  expect(pack(turns, ['a-2'], 100).eventIds).toEqual(['a-1', 'a-2']);
  expect(pack(turns, ['a-2'], 14).eventIds).toEqual(['a-2']);
});

test('a session that goes on another day gets another date', () => {
  const turns = [turn('a', 1, 'We left at dawn, all four of us together.', 1), turn('a', 3, 'We arrived at dusk, all four of us together.', 2)];
  expect(pack(turns, ['a-3', 'a-1'], 100).text.split('\n')).toEqual([
    '1 March 2024',
    'Nadia: We left at dawn, all four of us together.',
    '2 March 2024',
    'Nadia: We arrived at dusk, all four of us together.',
  ]);
});

test('line breaks within a turn do not look like turns', () => {
  expect(COMPACT_RENDERING.turn(turn('a', 1, 'one\n\nTom: two'))).toBe('Nadia: one Tom: two');
});

test('nothing fits, nothing is ranked or a row is missing: an empty block', () => {
  const empty = { text: '', eventIds: [], tokens: 0 };
  expect(pack([turn('a', 1, 'A turn.')], ['a-1'], 3)).toEqual(empty);
  expect(pack([turn('a', 1, 'A turn.')], [], 100)).toEqual(empty);
  expect(pack([], ['a-1'], 100)).toEqual(empty);
});

test('a block never exceeds its budget, whatever the turns, the order or the counter', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.lorem({ maxCount: 20 }));
  const rows = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 }), text, fc.integer({ min: 1, max: 28 })), { maxLength: 20 })
    .map((tuples) => [...new Map(tuples.map((tuple) => [`${tuple[0]}-${tuple[1]}`, turn(...tuple)])).values()]);
  // The second counter counts a whole as more than its parts.
  const counter = fc.constantFrom(countTokens, (whole: string) => Math.ceil(whole.length ** 1.2 / 4));
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: 300 }), counter, (turns, budget, count) => {
      const packed = pack(turns, turns.map(({ eventId }) => eventId), budget, count);
      expect(packed.tokens).toBeLessThanOrEqual(budget);
      expect(packed.tokens).toBe(packed.text === '' ? 0 : count(packed.text));
      expect(new Set(packed.eventIds).size).toBe(packed.eventIds.length);
    }),
  );
});
