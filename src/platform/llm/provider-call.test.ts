import { RateLimitError } from 'openai';
import { createProviderPolicy } from './provider-call';

const call = (signal: AbortSignal, exchange: () => Promise<unknown>) => createProviderPolicy('acme/m1', { timeoutMs: 1000 }, '').run(exchange, signal);
const limited = (headers: Record<string, string>) => new RateLimitError(429, {}, 'slow down', new Headers(headers));

test('the caller’s abort ends a pause between attempts, with the caller’s reason', async () => {
  const controller = new AbortController();
  const reason = new Error('no longer needed');
  let exchanges = 0;
  const called = call(controller.signal, async () => {
    exchanges += 1;
    setImmediate(() => controller.abort(reason));
    throw limited({ 'retry-after': '19' });
  });
  await expect(called).rejects.toBe(reason);
  expect(exchanges).toBe(1);
});

test('a pause may be asked for as a date', async () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const called = call(new AbortController().signal, () => Promise.reject(limited({ 'retry-after': date })));
  await expect(called).rejects.toMatchObject({ details: { reason: 'MODEL_RATE_LIMITED', retryAfterMs: expect.any(Number) } });
});

test('what is no failure of the provider is thrown as it is', async () => {
  const bug = new TypeError('x is not a function');
  await expect(call(new AbortController().signal, () => Promise.reject(bug))).rejects.toBe(bug);
});
