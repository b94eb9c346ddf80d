import fc from 'fast-check';
import { DateTime, formatDateTime, parseDateTime } from './scalars';

const instants = fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });

test('an instant is written exactly as toISOString writes it', () => {
  fc.assert(fc.property(instants, (date) => expect(formatDateTime(date)).toBe(date.toISOString())));
  expect(formatDateTime(new Date(-1))).toBe('1969-12-31T23:59:59.999Z');
});

test('what is written reads back as the same instant', () => {
  fc.assert(fc.property(instants, (date) => expect(parseDateTime(formatDateTime(date))).toEqual(date)));
});

test('an offset is honoured', () => {
  expect(parseDateTime('2026-11-21T10:15:30+02:00')).toEqual(new Date('2026-11-21T08:15:30Z'));
  expect(parseDateTime('2024-02-29t00:00:00z')).toEqual(new Date('2024-02-29T00:00:00Z'));
});

test('text of the database passes through', () => {
  expect(formatDateTime('2026-11-21T10:15:30.123456+00:00')).toBe('2026-11-21T10:15:30.123456+00:00');
});

test.each([
  '2026-11-21', '2026-11-21T10:15:30', '2026-11-21 10:15:30Z', '2026-02-30T00:00:00Z', '2025-02-29T00:00:00Z', '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T10:60:00Z', '2026-01-01T10:00:60Z', '2026-01-01T10:00:00+24:00', 'now', '', 0, null,
])('%j is no instant', (value) => {
  expect(() => parseDateTime(value)).toThrow(/DateTime/);
});

test.each([new Date(Number.NaN), 'yesterday', 5, {}])('%p cannot be written', (value) => {
  expect(() => DateTime.serialize(value)).toThrow('cannot represent');
});
