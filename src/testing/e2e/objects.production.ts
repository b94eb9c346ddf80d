import { parseConfig } from '../../config/schema';
import { startGateway } from '../../gateway';
import { planned } from '../../storage/sql';
import { newTestDatabase, silentLogger } from '../database';
import { s3Config } from '../objects';
import { openTap } from '../production/tap';
import { requireS3Url } from '../services';
import { createApiClient } from './client';
import { CONVERSATION } from './conversation';
import { hold } from './memories';
import { until } from './until';

const DAYS = 30;
const LONG = 'and so on '.repeat(500);
const APPEND = 'mutation($id: ID!, $text: String!) { appendEvent(sessionId: $id, event: { author: USER, text: $text }) { seq } }';
const READ = 'query($id: ID!) { session(id: $id) { events(last: 200) { seq content { text } } } }';

test('with PostgreSQL and S3: archived and read as before; S3 away is told and waited for', async () => {
  const { config: database, drop } = await newTestDatabase();
  const tap = await openTap(requireS3Url());
  const objects = s3Config(new URL(tap.url).origin);
  const config = { ...parseConfig({ CONTEXTIQ_PORT: '0' }), database, objects, payloadInlineBytes: 1000, archiveAfterDays: DAYS };
  const gateway = await startGateway(config, silentLogger);
  try {
    const api = createApiClient(gateway.url);
    const id = await hold(api, CONVERSATION, { userId: 'mara' });
    await api.ask(APPEND, { id, text: LONG });
    const before = await api.ask(READ, { id });
    const { platform, maintenance } = gateway.composition;
    await platform.database.query(planned('test', `update sessions set updated_at = now() - interval '${DAYS + 1} days' where id = $1`), [id]);
    await maintenance?.sweep();
    expect(await platform.database.query(planned('test', 'select from events where body is null'), [])).toEqual([]);
    expect(await api.ask(READ, { id })).toEqual(before);

    const live = await hold(api, CONVERSATION.slice(0, 2), { userId: 'mara' });
    await tap.down();
    const refusal = { extensions: { code: 'UNAVAILABLE', reason: 'OBJECTS_UNAVAILABLE' } };
    expect(await api.refusal(APPEND, { id: live, text: `${LONG}!` })).toMatchObject(refusal);
    expect(await api.ask(APPEND, { id: live, text: 'short' })).toEqual({ appendEvent: { seq: 3 } });
    const state = async (): Promise<string> => JSON.parse(await (await fetch(`${gateway.url}/readyz`)).text()).components.objects.state;
    expect(await state()).toBe('degraded');
    await tap.open();
    await until('the store is back', async () => (await state()) === 'up');
    expect(await api.ask(APPEND, { id: live, text: `${LONG}!` })).toEqual({ appendEvent: { seq: 4 } });
    expect(await api.ask(READ, { id })).toEqual(before);
  } finally {
    await gateway.close();
    await tap.close();
    await drop();
  }
}, 120_000);

test('a bucket that does not answer keeps a gateway from starting, with the name of the variable', async () => {
  const { config: database, drop } = await newTestDatabase();
  const start = startGateway({ ...parseConfig({ CONTEXTIQ_PORT: '0' }), database, objects: s3Config('http://127.0.0.1:9') }, silentLogger);
  await expect(start).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('CONTEXTIQ_OBJECTS_URL: s3://') });
  await drop();
});
