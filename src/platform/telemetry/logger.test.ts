import { PassThrough } from 'node:stream';
import type { Logger } from '../../kernel/logger-type';
import { createLogger } from './logger';

function lines(log: (logger: Logger) => void): Record<string, unknown>[] {
  const stream = new PassThrough();
  log(createLogger('info', stream));
  return String(stream.read()).trim().split('\n').map((line) => JSON.parse(line));
}

test('keys and tokens never reach a line, wherever they stand and whoever logs', () => {
  const secret = 'sk-1234';
  const told = lines((logger) => {
    for (const each of [logger, logger.child({ part: 'a' })]) {
      each.info({ authorization: secret }, 'one');
      each.info({ apiKey: secret, status: 200 }, 'two');
      each.warn({ request: { authorization: secret } }, 'three');
      each.error({ headers: { authorization: secret }, other: { apiKey: secret } }, 'four');
    }
    logger.child({ apiKey: secret }).info({ status: 200 }, 'five');
  });
  expect(told).toHaveLength(9);
  expect(JSON.stringify(told)).not.toContain(secret);
  expect(told[0]).toMatchObject({ level: 'info', authorization: '[redacted]', msg: 'one' });
});

test('lines with nothing to hide look like all others', () => {
  const [flat, nested, low] = lines((logger) => {
    logger.debug({ a: 1 }, 'not told');
    logger.info({ a: 1, b: undefined }, 'flat');
    logger.info({ a: 1, c: { d: null } }, 'nested');
    logger.child({ part: 'x' }).info({ a: 1 }, 'child');
  });
  expect(flat).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), a: 1, msg: 'flat' });
  expect(nested).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), a: 1, c: { d: null }, msg: 'nested' });
  expect(low).toMatchObject({ part: 'x', a: 1, msg: 'child' });
});
