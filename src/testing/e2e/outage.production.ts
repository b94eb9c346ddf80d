import { parseConfig } from '../../config/schema';
import { startGateway } from '../../gateway';
import { newTestDatabase, silentLogger } from '../database';
import { request } from '../gateway';
import { openTap } from '../production/tap';
import { until } from './until';

test('while the database is away requests are UNAVAILABLE and /readyz says why; when it is back the same process answers, and works', async () => {
  const { config, drop } = await newTestDatabase();
  if (config.kind !== 'postgres') throw new Error('no template: run `npm run test:production`');
  const tap = await openTap(config.url);
  const gateway = await startGateway({ ...parseConfig({ CONTEXTIQ_PORT: '0' }), database: { ...config, url: tap.url } }, silentLogger);
  const ready = async () => {
    const response = await fetch(`${gateway.url}/readyz`);
    return { status: response.status, body: await response.text() };
  };
  const create = () => request(gateway.url, 'mutation { createSession(input: { userId: "u" }) { id } }');
  try {
    expect((await ready()).status).toBe(200);
    expect((await create()).errors).toEqual([]);

    await tap.down();
    expect((await create()).errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', reason: 'DATABASE_DOWN' } }]);
    const away = await ready();
    expect(away.status).toBe(503);
    expect(away.body).toContain('the database does not answer');
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);

    await tap.open();
    await until('ready again', async () => (await ready()).status === 200);
    const { data } = await create();
    const sessionId = (data?.['createSession'] as { id: string }).id;
    await request(gateway.url, 'mutation($id: ID!) { appendEvent(sessionId: $id, event: { author: USER, text: "My name is Ann and I live in Oslo." }) { id } }', { id: sessionId });
    const accepted = await request(gateway.url, 'mutation($id: ID!) { generateMemories(input: { sessionId: $id }) { id } }', { id: sessionId });
    const jobId = (accepted.data?.['generateMemories'] as { id: string }).id;
    await until('the job is done', async () => {
      const { data: found } = await request(gateway.url, 'query($id: ID!) { memoryGenerationJob(id: $id) { status } }', { id: jobId });
      return (found?.['memoryGenerationJob'] as { status: string } | undefined)?.status === 'COMPLETED';
    });
  } finally {
    await gateway.close();
    await tap.close();
    await drop();
  }
});
