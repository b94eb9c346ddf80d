import { isUuidV7, lastIdBy, newId } from './ids';

test('ids are UUIDv7, each after the one before, also when the clock stands still or goes back', () => {
  const times = [1_000, 1_000, 2 ** 47, 2 ** 47 - 5, ...Array.from({ length: 5000 }, () => 2 ** 47), 2 ** 47 + 1];
  const ids = times.map((time) => newId(time));
  expect(ids.every(isUuidV7)).toBe(true);
  expect(ids.every((id) => '89ab'.includes(id[19] ?? ''))).toBe(true);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test('an id tells its millisecond', () => {
  const now = 2 ** 47 + 10_000;
  const id = newId(now);
  expect(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(now);
  expect(id < lastIdBy(now)).toBe(true);
});
