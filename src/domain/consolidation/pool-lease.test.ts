import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../storage/database';
import { createLeaseStore } from '../../storage/lease.store';
import { planned } from '../../storage/sql';
import { adminOf } from '../../testing/actors';
import { openTestDatabase } from '../../testing/database';
import { LeaseLost } from '../generation/lease.store';
import { withPool } from './pool-lease';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const actor = adminOf('default');
const never = new AbortController().signal;
const LEASE_MS = 900;
let pools = 0;
const newJob = () => ({ id: `job ${(pools += 1)}`, bankId: 'default', scope: { user_id: `u${pools}` } });
const row = async (name: string): Promise<{ expires: Date; live: boolean }> => {
  const [found] = await database.query<{ expires: Date; live: boolean }>(
    planned('test', 'select expires_at as expires, expires_at > clock_timestamp() as live from leases where name = $1'), [name]);
  if (found === undefined) throw new Error('no lease');
  return found;
};
/** Those of others may end meanwhile. */
const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('a lease is renewed while the work goes on, and given back after it', async () => {
  const before = timers();
  let name = '';
  await withPool(createLeaseStore(database), actor, newJob(), never, async (lease) => {
    ({ name } = lease);
    const first = (await row(name)).expires;
    for (let renewals = 0, last = first; renewals < 3; ) {
      const { expires } = await row(name);
      if (expires > last) renewals += 1;
      last = expires;
    }
  }, LEASE_MS);
  expect((await row(name)).live).toBe(false);
  expect(timers()).toBeLessThanOrEqual(before);
});

test('work whose lease went to another is aborted and ends with LeaseLost, whatever it makes of the abort', async () => {
  const before = timers();
  const outer = new AbortController();
  const work = withPool(createLeaseStore(database), actor, newJob(), outer.signal, async ({ name }, signal) => {
    await database.query(planned('test', 'update leases set token = token + 1, holder = $2 where name = $1'), [name, 'another']);
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.reason).toBeInstanceOf(LeaseLost);
    throw new Error('the model call was cut off');
  }, LEASE_MS);
  await expect(work).rejects.toBeInstanceOf(LeaseLost);
  expect(outer.signal.aborted).toBe(false);
  expect(timers()).toBeLessThanOrEqual(before);
});

test('work that fails gives the lease back and fails with its own error', async () => {
  const job = newJob();
  let name = '';
  await expect(withPool(createLeaseStore(database), actor, job, never, async (lease) => {
    ({ name } = lease);
    await delay(1);
    throw new Error('its own');
  }, LEASE_MS)).rejects.toThrow('its own');
  expect((await row(name)).live).toBe(false);
});

test('a worker that stops aborts the work with its own reason', async () => {
  const outer = new AbortController();
  const work = withPool(createLeaseStore(database), actor, newJob(), outer.signal, async (_, signal) => {
    outer.abort(new Error('the worker stops'));
    signal.throwIfAborted();
  });
  await expect(work).rejects.toThrow('the worker stops');
});
