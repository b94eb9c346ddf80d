import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient } from './client';
import { askSocket } from './follower';

const LIMIT = 20;
let gateway: Gateway;
beforeAll(async () => { gateway = await startTestGateway({ rateLimit: LIMIT }); });
afterAll(() => gateway.close());

it('a caller beyond the rate is told so over HTTP and WebSocket, with the time to wait', async () => {
  const api = createApiClient(gateway.url);
  const answers = await Promise.all(Array.from({ length: LIMIT + 5 }, () => api.send('{ version }')));
  const refused = answers.filter(({ body }) => body.errors !== undefined);
  expect(refused.length).toBeGreaterThanOrEqual(4); // one may have come back while they were asked
  for (const { status, headers, body } of refused) {
    expect([status, body.errors[0].extensions]).toEqual([429, expect.objectContaining({ code: 'RATE_LIMITED', reason: 'TOO_MANY_REQUESTS', retryAfterMs: expect.any(Number) })]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const { error } = await askSocket(gateway.url, '{ version }');
  expect(error).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  const { error: subscription } = await askSocket(gateway.url, 'subscription { sessionEvents(sessionId: "0190b3a0-0000-7000-8000-000000000000") { cursor } }');
  expect(subscription).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
});
