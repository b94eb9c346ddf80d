import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seen, remember } from './backups';
import { createApiClient } from './client';
import { killAll, makeDataDir, removeDataDir, runTool, startProcess } from './process';

let from: string;
let to: string;
let place: string;
let sessionId: string;
let before: Awaited<ReturnType<typeof seen>>;
beforeAll(async () => {
  [from, to] = [await makeDataDir(), await makeDataDir()];
  place = join(from, 'copy');
  // Most events in objects: they go along.
  const gateway = await startProcess(from, { CONTEXTIQ_PAYLOAD_INLINE_BYTES: '120' });
  const api = createApiClient(gateway.url);
  sessionId = await remember(api);
  before = await seen(api, sessionId);
  await gateway.stop('SIGTERM');
});
afterEach(killAll);
afterAll(async () => {
  for (const dataDir of [from, to]) await removeDataDir(dataDir);
});

test('there is nothing to back up in a database without tables', async () => {
  const empty = await makeDataDir();
  expect(await runTool(empty, 'backup', ['write', join(empty, 'copy')])).toMatchObject({ code: 1, words: expect.stringContaining('npm run migrate') });
  await removeDataDir(empty);
});

test('a backup goes into a new database, and there is everything as it was', async () => {
  const written = await runTool(from, 'backup', ['write', place]);
  expect(written).toMatchObject({ code: 0, out: expect.stringContaining(`written to ${place}: `), words: expect.stringMatching(/^events: \d+$/m) });
  expect(before.memories.length).toBeGreaterThan(15);

  expect(await runTool(to, 'backup', ['read', place])).toMatchObject({ code: 0, out: expect.stringContaining('restored from') });
  const gateway = await startProcess(to);
  const api = createApiClient(gateway.url);
  expect(await seen(api, sessionId)).toEqual(before);
  const { appendEvents } = await api.ask('mutation($id: ID!) { appendEvents(sessionId: $id, events: [{ author: USER, text: "And on." }]) { seq } }', { id: sessionId });
  expect(appendEvents).toEqual([{ seq: before.events.length + 1 }]);
  await gateway.stop('SIGTERM');
});

test('a database with anything in it, a finished backup and a place without one are left alone', async () => {
  expect(await runTool(to, 'backup', ['read', place])).toMatchObject({ code: 1, words: expect.stringContaining('the database is not empty') });
  expect(await runTool(from, 'backup', ['write', place])).toMatchObject({ code: 1, words: expect.stringContaining('holds a backup already') });
  expect(await runTool(to, 'backup', ['read', join(to, 'nowhere')])).toMatchObject({ code: 1, words: expect.stringContaining('no finished backup') });
  expect(await runTool(to, 'backup', ['read'])).toMatchObject({ code: 1, words: expect.stringContaining('npm run restore -- SOURCE') });
});

const TOUCHED = ['manifest.json', 'memories.jsonl.gz'];
type Manifest = { migrations: string[]; tables: { name: string; rows: number }[] };
const changed = async (change: (manifest: Manifest) => void): Promise<void> => {
  const manifest: Manifest = JSON.parse(await readFile(join(place, 'manifest.json'), 'utf8'));
  change(manifest);
  await writeFile(join(place, 'manifest.json'), JSON.stringify(manifest));
};

test('a damaged backup is refused whole, and the sound one still goes in afterwards', async () => {
  const empty = await makeDataDir();
  const damages: readonly [what: string, damage: () => Promise<void>, says: RegExp][] = [
    ['a row too many in the manifest', () => changed(({ tables }) => { for (const table of tables) if (table.name === 'memory_revisions') table.rows += 1; }), /memory_revisions should have/],
    ['another version', () => changed(({ migrations }) => { migrations.push('Later9999999999999'); }), /Later9999999999999/],
    ['a file cut short', () => truncate(join(place, 'memories.jsonl.gz'), 500), /memories\.jsonl\.gz/],
    ['a manifest that is none', () => writeFile(join(place, 'manifest.json'), '{}'), /is not the manifest/],
  ];
  for (const [what, damage, says] of damages) {
    const kept = await Promise.all(TOUCHED.map((name) => readFile(join(place, name))));
    await damage();
    expect({ what, ...(await runTool(empty, 'backup', ['read', place])) }).toMatchObject({ code: 1, words: expect.stringMatching(says) });
    for (const [index, name] of TOUCHED.entries()) await writeFile(join(place, name), kept[index] ?? '');
  }
  expect(await runTool(empty, 'backup', ['read', place])).toMatchObject({ code: 0 });
  await removeDataDir(empty);
}, 180_000);
