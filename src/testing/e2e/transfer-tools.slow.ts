import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway } from '../../gateway';
import { partsOf } from '../../tools/transfer/parts';
import { adminOf } from '../actors';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { killAll, runTool } from './process';
import { jsonLines, takeOut } from './transfers';

let gateway: Gateway;
let folder: string;
let tenants = 0;
beforeAll(async () => {
  gateway = await startTestGateway({ auth: { kind: 'keys' } });
  folder = await mkdtemp(join(tmpdir(), 'contextiq-transfer-'));
}, 60_000);
afterEach(killAll);
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

async function newTenant(): Promise<{ api: ApiClient; run(tool: 'import' | 'export', ...args: string[]): ReturnType<typeof runTool> }> {
  const { text } = await gateway.composition.app.access.createKey(adminOf(`tools-${(tenants += 1)}`), { name: 'all', roles: ['admin'] });
  return {
    api: createApiClient(gateway.url, { authorization: `Bearer ${text}` }),
    run: (tool, ...args) => runTool(folder, `transfer/${tool}`, [...args, '--url', gateway.url], { CONTEXTIQ_API_KEY: text }),
  };
}

const memories = (count: number, text = 'Fact number') => Array.from({ length: count }, (_, n) => ({ id: `m${n}`, memory: `${text} ${n} is worth keeping.`, user_id: 'ann', created_at: '2025-01-01T00:00:00Z' }));

test('a file goes in by the command line, first as a dry run, and out and in again elsewhere', async () => {
  const { api, run } = await newTenant();
  const source = join(folder, 'mem0.json');
  await writeFile(source, `[\n${[...memories(700, 'Größe 🦊'.repeat(150)), { memory: 'Nobody’s', id: 'x' }].map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
  const told = await run('import', '--format', 'mem0', source, '--dry-run');
  expect(told).toMatchObject({ code: 0, out: expect.stringContaining('memory: 700 would be created, 0 there already, 0 refused'), words: expect.stringContaining('line 702, line.user_id: SCOPE_MISSING') });
  expect(await takeOut(api)).toBe('');
  expect(await run('import', '--format', 'mem0', source)).toMatchObject({ code: 0, out: expect.stringContaining('memory: 700 created') });
  expect(await run('import', '--format', 'mem0', source)).toMatchObject({ code: 0, out: expect.stringContaining('memory: 0 created, 700 there already') });

  const copy = join(folder, 'out.jsonl');
  expect(await run('export', copy)).toMatchObject({ code: 0, out: `700 records in ${copy}\n` });
  const text = await readFile(copy, 'utf8');
  expect(text).toBe(await takeOut(api));
  expect(await run('export', copy)).toMatchObject({ code: 1, words: expect.stringContaining('EEXIST') });
  const away = await newTenant();
  expect(await away.run('import', '--format', 'contextiq', copy)).toMatchObject({ code: 0, out: 'memory: 700 created, 0 there already, 0 refused\n' });
  expect(await takeOut(away.api)).toBe(text);
}, 120_000);

test('an export that broke off goes on where it was, and drops what was half written', async () => {
  const { api, run } = await newTenant();
  const source = join(folder, 'many.json');
  await writeFile(source, jsonLines(...memories(1200, 'A long one '.repeat(120))));
  await run('import', '--format', 'mem0', source);
  const { exportTenant }: { exportTenant: { text: string; next: string; counts: { kind: string; count: number }[] } } = await api.ask('{ exportTenant { text next counts { kind count } } }');
  const copy = join(folder, 'broken.jsonl');
  await writeFile(copy, `${exportTenant.text}{"record": "mem`);
  await writeFile(`${copy}.next`, JSON.stringify({ after: exportTenant.next, bytes: Buffer.byteLength(exportTenant.text), counts: { memory: exportTenant.counts[0]?.count ?? 0 } }));
  expect(await run('export', copy)).toMatchObject({ code: 0, out: `1200 records in ${copy}\n` });
  expect([await readFile(copy, 'utf8') === await takeOut(api), existsSync(`${copy}.next`)]).toEqual([true, false]);
  await truncate(copy);
}, 120_000);

test('an export that broke off before its first page goes on as well', async () => {
  const { run } = await newTenant();
  const source = join(folder, 'one.json');
  await writeFile(source, jsonLines(...memories(1)));
  await run('import', '--format', 'mem0', source);
  const copy = join(folder, 'first.jsonl');
  expect(await runTool(folder, 'transfer/export', [copy, '--url', gateway.url], { CONTEXTIQ_API_KEY: 'no-such-key' })).toMatchObject({ code: 1 });
  expect(await run('export', copy)).toMatchObject({ code: 0, out: `1 records in ${copy}\n` });
  expect(existsSync(`${copy}.next`)).toBe(false);
}, 120_000);

test.each([
  ['no format', ['file.json'], 'npm run import'],
  ['an unknown format', ['--format', 'csv', 'file.json'], 'FORMAT: contextiq, mem0'],
  ['a file that is not there', ['--format', 'mem0', 'nowhere.json'], 'ENOENT'],
  ['a scope that is no JSON', ['--format', 'mem0', 'x', '--scope', 'ann'], '--scope takes JSON'],
  ['rows without a file or a database', ['--format', 'rows'], 'CONTEXTIQ_IMPORT_DATABASE_URL'],
])('%s is told in a sentence', async (_, args, words) => {
  const { run } = await newTenant();
  expect(await run('import', ...args)).toMatchObject({ code: 1, out: '', words: expect.stringContaining(words) });
});

test('parts never cut a character, are never too large, and make up the whole', async () => {
  const text = `${'a'.repeat(899_999)}🦊${'é🦊'.repeat(400_000)}`;
  async function* pieces() { for (let at = 0; at < text.length; at += 77_777) yield text.slice(at, at + 77_777); }
  const parts: string[] = [];
  for await (const part of partsOf(pieces())) parts.push(part);
  expect([parts.join('') === text, parts.every((part) => Buffer.byteLength(part) <= 1_000_000)]).toEqual([true, true]);
  expect(parts.filter((part) => !part.isWellFormed())).toEqual([]);
});
