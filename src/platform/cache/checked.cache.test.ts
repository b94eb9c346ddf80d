import type { Cache } from './cache.port';
import { createCheckedCache } from './checked.cache';
import { createLruCache } from './lru.cache';
import { open, seal } from './sealed';

const lru = (): Cache => createLruCache({ maxBytes: 1024 * 1024 });

/** Two processes with one shared level, and what their observers were told. */
function twoProcesses() {
  const shared = lru();
  const looks: string[] = [];
  const [here, there] = ['here', 'there'].map((name) => createCheckedCache({
    near: lru(), shared, observer: { looked: (level, result) => { looks.push(`${name} ${level} ${result}`); } },
  }));
  if (here === undefined || there === undefined) throw new Error('two are made');
  return { here, there, shared, looks: () => looks.splice(0) };
}

it('what was kept is a hit under its own version only, in the process and in another', async () => {
  const { here, there, looks } = twoProcesses();
  await here.set('key', 'v1', 'naïve 日本 "text" with spaces');
  expect(await here.get('key', 'v1')).toBe('naïve 日本 "text" with spaces');
  expect(await there.get('key', 'v1')).toBe('naïve 日本 "text" with spaces');
  expect(await there.get('key', 'v1')).toBe('naïve 日本 "text" with spaces');
  expect(looks()).toEqual(['here L1 hit', 'there L1 miss', 'there L2 hit', 'there L1 hit']);
  expect([await here.get('key', 'v2'), await there.get('key', 'v2'), await here.get('other', 'v1')]).toEqual([null, null, null]);
  expect(looks()).toEqual(['here L1 stale', 'here L2 stale', 'there L1 stale', 'there L2 stale', 'here L1 miss', 'here L2 miss']);
});

it('what another process has made anew is found behind an old entry', async () => {
  const { here, there } = twoProcesses();
  await here.set('key', 'v1', 'old');
  await there.set('key', 'v2', 'new');
  expect([await here.get('key', 'v2'), await here.get('key', 'v2')]).toEqual(['new', 'new']);
  expect(await there.get('key', 'v1')).toBeNull();
});

it('without a version only what this process had last is told, with the time at which it held', async () => {
  const { here, there } = twoProcesses();
  const before = Date.now();
  await here.set('key', 'v1', 'old');
  await here.get('key', 'v2');
  const last = await here.last('key');
  expect(last?.value).toBe('old');
  expect(last?.at.getTime()).toBeGreaterThanOrEqual(before);
  expect(await there.last('key')).toBeNull();
});

it('the shared level holds nothing legible, and what is damaged or moved there is no hit', async () => {
  const { here, there, shared } = twoProcesses();
  await here.set('key', 'v1', 'Ilse grows tomatoes.');
  const kept = (await shared.get('key')) ?? '';
  expect(kept).not.toBe('');
  expect(Buffer.from(kept, 'base64').toString('latin1')).not.toContain('tomatoes');
  expect(kept).not.toBe(seal('Ilse grows tomatoes.', 'key', 'v1')); // equal texts do not look equal
  for (const [key, text] of [['elsewhere', kept], ['key', `A${kept.slice(1)}`], ['key', kept.slice(0, -8)], ['key', ''], ['key', 'no base64 at all']] as const) {
    await shared.set(key, text, 60_000);
    expect(await there.get(key, 'v1')).toBeNull();
  }
});

it('a sealed text opens under its version and in its place, whatever is in it', () => {
  for (const text of ['', 'x', '\u0000 日本 \u202e', 'y'.repeat(100_000)]) {
    expect(open(seal(text, 'place', 'version'), 'place', 'version')).toBe(text);
    expect(open(seal(text, 'place', 'version'), 'place', 'other')).toBeNull();
    expect(open(seal(text, 'place', 'version'), 'other', 'version')).toBeNull();
  }
});
