import type { Database } from '../storage/database';
import { planned } from '../storage/sql';
import { openTestDatabase, silentLogger } from '../testing/database';
import { becomeOnlyGateway } from './only-gateway';

/** Long enough to outlive a pause of a busy machine, short enough to wait for. */
const LEASE_MS = 1500;

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const start = () => becomeOnlyGateway(database, silentLogger, LEASE_MS);

test('a second gateway on one database refuses, names the way out, and starts once the first has stopped', async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({
    code: 'UNAVAILABLE', details: { reason: 'SECOND_GATEWAY' }, message: expect.stringMatching(/CONTEXTIQ_REDIS_URL.*or stop the other one/),
  });
  await first.release();
  await (await start()).release();
});

test('of two that start together one goes on', async () => {
  const results = await Promise.allSettled([start(), start()]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (const result of results) if (result.status === 'fulfilled') await result.value.release();
});

test('what a killed gateway held is free when its lease has run out', async () => {
  await database.query(planned('test', `
    insert into leases (tenant_id, name, holder, token, expires_at) values ('default', 'gateway', 'dead', 1, clock_timestamp() + interval '1 second')
    on conflict (tenant_id, name) do update set holder = 'dead', expires_at = excluded.expires_at`), []);
  await (await start()).release();
});
