import { parseConfig } from '../../config/schema';
import { startGateway } from '../../gateway';
import { newTestDatabase, silentLogger } from '../database';
import { openTap } from '../production/tap';
import { createApiClient } from './client';
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
  const api = createApiClient(gateway.url);
  const create = () => api.send('mutation { createSession(input: { userId: "u" }) { id } }');
  try {
    expect((await ready()).status).toBe(200);
    expect((await create()).body.errors).toBeUndefined();

    await tap.down();
    expect((await create()).body.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', reason: 'DATABASE_DOWN' } }]);
    const away = await ready();
    expect(away.status).toBe(503);
    expect(away.body).toContain('the database does not answer');
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);

    await tap.open();
    await until('ready again', async () => (await ready()).status === 200);
    const sessionId = (await create()).body.data.createSession.id;
    await api.ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: { author: USER, text: "My name is Ann and I live in Oslo." }) { id } }', { id: sessionId });
    const { generateMemories } = await api.ask('mutation($id: ID!) { generateMemories(input: { sessionId: $id }) { id } }', { id: sessionId });
    await until('the job is done', async () => {
      const { body } = await api.send('query($id: ID!) { memoryGenerationJob(id: $id) { status } }', { id: generateMemories.id });
      return body.data?.memoryGenerationJob.status === 'COMPLETED';
    });
  } finally {
    await gateway.close();
    await tap.close();
    await drop();
  }
});
