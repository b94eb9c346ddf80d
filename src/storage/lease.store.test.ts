import { LeaseLost } from '../domain/generation/lease.store';
import { adminOf } from '../testing/actors';
import { openTestDatabase } from '../testing/database';
import type { Database } from './database';
import { createLeaseStore } from './lease.store';
import { planned } from './sql';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const actor = adminOf('default');
const expire = (name: string) => database.query(planned('test', `update leases set expires_at = '-infinity' where name = $1`), [name]);

test('a lease has one holder, and the same holder takes it over from its former self', async () => {
  const leases = createLeaseStore(database);
  const first = await leases.acquire(actor, 'a', 'one', 60_000);
  expect(await leases.acquire(actor, 'a', 'two', 60_000)).toBeNull();
  const again = await leases.acquire(actor, 'a', 'one', 60_000);
  expect(BigInt(again?.token ?? 0)).toBeGreaterThan(BigInt(first?.token ?? 0));
  if (first === null || again === null) throw new Error('no lease');
  await expect(leases.renew(actor, first, 60_000)).rejects.toBeInstanceOf(LeaseLost);
  await leases.renew(actor, again, 60_000);
});

test('one that ran out goes to the next, whose token shuts the former holder out of every write', async () => {
  const leases = createLeaseStore(database);
  const old = await leases.acquire(actor, 'b', 'one', 60_000);
  await expire('b');
  const next = await leases.acquire(actor, 'b', 'two', 60_000);
  if (old === null || next === null) throw new Error('no lease');
  await expect(database.transact((tx) => createLeaseStore(tx).assert(actor, old))).rejects.toBeInstanceOf(LeaseLost);
  await database.transact((tx) => createLeaseStore(tx).assert(actor, next));
  await leases.release(actor, old);
  expect(await leases.acquire(actor, 'b', 'three', 60_000)).toBeNull();
  await leases.release(actor, next);
  expect(await leases.acquire(actor, 'b', 'three', 60_000)).not.toBeNull();
});

test('a token never comes again, not even after its row was swept', async () => {
  const leases = createLeaseStore(database);
  const old = await leases.acquire(actor, 'c', 'one', 60_000);
  await expire('c');
  expect(await leases.sweep(actor, 10)).toBeGreaterThan(0);
  const next = await leases.acquire(actor, 'c', 'two', 60_000);
  expect(BigInt(next?.token ?? 0)).toBeGreaterThan(BigInt(old?.token ?? 0));
});

test('of many who want it at once, one gets it', async () => {
  const leases = createLeaseStore(database);
  const got = await Promise.all(Array.from({ length: 20 }, (_, n) => leases.acquire(actor, 'd', `holder ${n}`, 60_000)));
  expect(got.filter((lease) => lease !== null)).toHaveLength(1);
});
