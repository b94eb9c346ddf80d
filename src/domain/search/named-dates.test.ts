import { dateCloseness, namedDates } from './named-dates';

test.each([
  ['What happened on 7 March 2024?', { year: 2024, month: 2, day: 7 }],
  ['What happened on March 7th, 2024?', { year: 2024, month: 2, day: 7 }],
  ['What happened on 2024-03-07?', { year: 2024, month: 2, day: 7 }],
  ['Who called in late August?', { year: null, month: 7, day: null }],
  ['Who called in Sept. 2022?', { year: 2022, month: 8, day: null }],
  ['What did they plan for 2025?', { year: 2025, month: null, day: null }],
])('%s names a date', (question, date) => {
  expect(namedDates(question)).toEqual([date]);
});

test('the word may alone is no month', () => {
  expect(namedDates('What may she have meant?')).toEqual([]);
});

test('every date of a question is found once', () => {
  expect(namedDates('Between 3 May 2023 and June 2024, where did he live?')).toEqual([
    { year: 2023, month: 4, day: 3 },
    { year: 2024, month: 5, day: null },
  ]);
});

test('a turn is close to a date on it, less so soon after it, and not before it or long after', () => {
  const date = { year: 2024, month: 2, day: 7 };
  const on = (iso: string): number => dateCloseness(date, new Date(iso));
  expect(on('2024-03-07T15:00:00Z')).toBe(1);
  expect(on('2024-03-09T15:00:00Z')).toBeGreaterThan(on('2024-03-14T15:00:00Z'));
  expect(on('2024-03-14T15:00:00Z')).toBeGreaterThan(0);
  expect(on('2024-03-06T15:00:00Z')).toBe(0);
  expect(on('2024-06-01T00:00:00Z')).toBe(0);
});

test('a month without a year is that month of any year', () => {
  const may = { year: null, month: 4, day: null };
  expect(dateCloseness(may, new Date('2021-05-20T00:00:00Z'))).toBe(1);
  expect(dateCloseness(may, new Date('2024-05-20T00:00:00Z'))).toBe(1);
  expect(dateCloseness(may, new Date('2024-09-20T00:00:00Z'))).toBe(0);
});
