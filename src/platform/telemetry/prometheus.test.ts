import { parseExposition } from '../../testing/exposition';
import { createPrometheus } from './prometheus';

test('a gauge that cannot be read is missing from the answer instead of being old, and the others are there', async () => {
  const prometheus = createPrometheus();
  let isAway = true;
  prometheus.collect(['contextiq_queue_jobs', 'contextiq_database_waiting'], () => {
    if (isAway) throw new Error('the database is away');
    return [{ name: 'contextiq_queue_jobs', labels: { queue: 'memory.generation', state: 'due' }, value: 7 }];
  });
  prometheus.add('contextiq_websockets_open', {});
  const away = parseExposition((await prometheus.expose()).text);
  expect([...away.samples.keys()].filter((key) => /queue_jobs|database_waiting/.test(key))).toEqual([]);
  expect(away.value('contextiq_websockets_open')).toBe(1);
  isAway = false;
  expect(parseExposition((await prometheus.expose()).text).value('contextiq_queue_jobs', { queue: 'memory.generation', state: 'due' })).toBe(7);
});

test('what is read once answers everyone who asks at the same time and soon after', async () => {
  const prometheus = createPrometheus();
  let readings = 0;
  prometheus.collect(['contextiq_database_waiting'], async () => {
    readings += 1;
    return [{ name: 'contextiq_database_waiting', labels: {}, value: readings }];
  });
  await Promise.all([prometheus.expose(), prometheus.expose()]);
  expect(parseExposition((await prometheus.expose()).text).value('contextiq_database_waiting')).toBe(1);
});

test('a label that takes ever new values stops at 200', async () => {
  const prometheus = createPrometheus();
  for (let n = 0; n < 1000; n += 1) prometheus.add('contextiq_model_calls_total', { model: `m${n}`, outcome: 'ok' });
  const { values, value } = parseExposition((await prometheus.expose()).text);
  expect(values('contextiq_model_calls_total', 'model')).toHaveLength(201);
  expect(value('contextiq_model_calls_total', { model: 'other', outcome: 'ok' })).toBe(800);
});

test.each([
  ['a sample without a type', 'a 1\n'], ['a sample twice', '# TYPE a counter\na 1\na 2\n'], ['a broken label', '# TYPE a counter\na{b="c} 1\n'],
  ['no number', '# TYPE a gauge\na one\n'], ['an open last line', '# TYPE a gauge\na 1'], ['a bucket of a counter', '# TYPE a counter\na_bucket{le="1"} 1\n'],
])('the reader of the tests refuses %s', (_, text) => {
  expect(() => parseExposition(text)).toThrow();
});
