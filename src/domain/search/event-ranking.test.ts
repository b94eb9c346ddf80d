import fc from 'fast-check';
import { askingShare, rankEvents, type EventRow } from './event-ranking';
import { planQuery } from './query-planning';
import { analyze } from './text-analysis';

const SPEAKERS = ['Nadia', 'Tom'];
const DAY_MS = 86_400_000;

/** Sessions of turns that two people say in turns, one day apart. */
function conversation(sessions: Readonly<Record<string, readonly string[]>>): EventRow[] {
  return Object.entries(sessions).flatMap(([sessionId, turns], day) =>
    turns.map((text, index) => ({
      eventId: `${sessionId}-${index + 1}`,
      sessionId,
      seq: index + 1,
      speaker: SPEAKERS[index % 2] ?? '',
      text,
      analysis: analyze(text),
      occurredAt: new Date(Date.UTC(2024, 2, 1) + 30 * day * DAY_MS),
    })),
  );
}

const statsOf = (rows: readonly EventRow[]) => ({
  documents: rows.length,
  averageLength: rows.reduce((sum, { analysis }) => sum + analysis.length, 0) / Math.max(1, rows.length),
  documentFrequency: (lexeme: string): number => rows.filter(({ analysis }) => analysis.lexemes.has(lexeme)).length,
});

const order = (question: string, rows: readonly EventRow[]): string[] =>
  rankEvents(planQuery(question, { speakers: SPEAKERS }), rows, statsOf(rows)).map(({ eventId }) => eventId);

const SMALL_TALK = ['Good morning, lovely weather.', 'Indeed, what a bright sky.', 'Coffee is ready.', 'Thanks a lot.'];

test('the turn that answers comes before the turn that asks', () => {
  const rows = conversation({
    a: [...SMALL_TALK, 'What boat did you buy, Tom?', 'A red sloop with two masts.', 'Great choice.', 'I think so.'],
    b: SMALL_TALK,
  });
  expect(order('Which boat did Tom buy?', rows)[0]).toBe('a-6');
});

test('context helps: of two equal turns the one in a fitting conversation comes first', () => {
  const rows = conversation({
    a: ['The choir met again.', 'We rehearsed on Sunday.', ...SMALL_TALK],
    b: ['The regatta starts soon.', 'We rehearsed on Sunday.', 'Every sail of the regatta is checked.', 'Fine.'],
  });
  expect(order('When did they rehearse for the regatta?', rows).slice(0, 2)).toEqual(['b-2', 'a-2']);
});

test('a named speaker’s turns come first', () => {
  const rows = conversation({ a: ['I play the oboe.', 'I play the oboe too.', ...SMALL_TALK] });
  expect(order('What does Tom play?', rows)[0]).toBe('a-2');
  expect(order('What does Nadia play?', rows)[0]).toBe('a-1');
});

test('“when” prefers the turn that tells a time, “where” the one that names a place', () => {
  const rows = conversation({
    a: ['Sailing to the island was wonderful.', 'Good.', 'We were sailing to the island last weekend.', 'Good.'],
    b: ['Fine.', 'Good.', 'We were sailing from Lisbon to the island.', 'Good.'],
  });
  expect(order('When did Nadia go sailing to the island?', rows)[0]).toBe('a-3');
  expect(order('Where did Nadia go sailing to the island from?', rows)[0]).toBe('b-3');
});

test('a date in the question prefers turns said then', () => {
  const rows = conversation({ march: ['We repaired the mast.', 'Good.'], later: ['We repaired the mast.', 'Good.'] });
  expect(order('What was repaired on 1 March 2024?', rows)[0]).toBe('march-1');
  expect(order('What was repaired on 31 March 2024?', rows)[0]).toBe('later-1');
});

test('everyday concepts find an answer that shares no word with the question', () => {
  const rows = conversation({ a: [...SMALL_TALK, 'Our puppy chewed the rope.', 'Oh no.'], b: SMALL_TALK });
  expect(order('Which pets are there?', rows)[0]).toBe('a-5');
});

test('equals stand in the order of session and seq, whatever the order of the rows', () => {
  const rows = conversation({ a: ['A gull.', 'A gull.'], b: ['A gull.', 'A gull.'] });
  const expected = order('gull', rows);
  expect(order('unrelated zeppelin', rows)).toEqual(['a-1', 'a-2', 'b-1', 'b-2']);
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(order('gull', shuffled)).toEqual(expected);
    }),
  );
});

test('scores lie between 0 and 1 and the parts of a hit add up to its score', () => {
  const word = fc.constantFrom('boat', 'mast', 'when', '?', 'Tom', 'yesterday', 'Lisbon', 'three years', 'puppy', '.', 'we');
  const sentence = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 12 }), sentence, (turns, question) => {
      const rows = conversation({ a: turns });
      const ranked = rankEvents(planQuery(question, { speakers: SPEAKERS }), rows, statsOf(rows));
      expect(ranked.map(({ eventId }) => eventId).sort()).toEqual(rows.map(({ eventId }) => eventId).sort());
      for (const { score, parts } of ranked) {
        const sum = Object.values(parts).reduce((total, part) => total + part, 0);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(score).toBeCloseTo(Math.max(0, sum), 10);
      }
    }),
  );
});

test('an empty corpus and an empty candidate list are no trouble', () => {
  const nothing = { documents: 0, averageLength: 0, documentFrequency: () => 0 };
  expect(rankEvents(planQuery('boat'), [], nothing)).toEqual([]);
  const [hit] = rankEvents(planQuery('boat'), conversation({ a: ['The boat.'] }), nothing);
  expect(hit?.score).toBeGreaterThan(0);
});

test('the share of a turn that asks', () => {
  expect(askingShare('Where is it?')).toBe(1);
  expect(askingShare('It is here.')).toBe(0);
  expect(askingShare('It is here. Can you see?')).toBeGreaterThan(0.4);
  expect(askingShare('')).toBe(0);
});
