import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '../..');
const CRUISER = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

let house: string;
beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'floors-'));
  symlinkSync(join(PROJECT, 'node_modules'), join(house, 'node_modules'));
  for (const file of ['tsconfig.json', '.dependency-cruiser.cjs', 'package.json']) copyFileSync(join(PROJECT, file), join(house, file));
});
afterEach(() => rmSync(house, { recursive: true }));

/** The project's own rules over a small house; the names of the broken ones. */
function broken(files: Readonly<Record<string, string>>): string[] {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(house, dirname(file)), { recursive: true });
    writeFileSync(join(house, file), content);
  }
  const roots = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? file))];
  const run = spawnSync(process.execPath, [CRUISER, ...roots, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'], { cwd: house, encoding: 'utf8' });
  const report = JSON.parse(run.stdout) as { summary: { violations: { rule: { name: string } }[]; totalDependenciesCruised: number } };
  expect(report.summary.totalDependenciesCruised).toBeGreaterThan(0);
  const names = report.summary.violations.map(({ rule }) => rule.name);
  expect(run.status === 0).toBe(names.length === 0);
  return [...new Set(names)].sort();
}

const valueImport = (path: string): string => `import { thing } from '${path}';\nexport const own = thing;\n`;
const typeImport = (path: string): string => `import type { Thing } from '${path}';\nexport type Own = Thing;\n`;
const thing = 'export interface Thing { a: string }\nexport const thing: Thing = { a: "" };\n';

const FORBIDDEN: [rule: string, from: string, to: string][] = [
  ['kernel', 'src/kernel/a.ts', 'src/jobs/b.ts'],
  ['jobs', 'src/jobs/a.ts', 'src/domain/memory/b.ts'],
  ['config', 'src/config/a.ts', 'src/platform/llm/b.port.ts'],
  ['platform', 'src/platform/llm/a.ts', 'src/domain/memory/b.ts'],
  ['domain', 'src/domain/memory/a.ts', 'src/storage/b.ts'],
  ['domain', 'src/domain/memory/a.ts', 'src/platform/llm/openai.ts'],
  ['concepts-without-services', 'src/domain/memory/a.ts', 'src/domain/session/b.service.ts'],
  ['storage', 'src/storage/a.ts', 'src/platform/llm/openai.ts'],
  ['storage', 'src/storage/a.ts', 'src/compose/b.ts'],
  ['storage-without-services', 'src/storage/a.ts', 'src/domain/memory/b.service.ts'],
  ['compose', 'src/compose/a.ts', 'graphql/b.ts'],
  ['graphql-door', 'graphql/a.ts', 'src/storage/b.ts'],
  ['graphql-door', 'graphql/a.ts', 'workers/b.ts'],
  ['http-door', 'src/http/a.ts', 'graphql/b.ts'],
  ['workers-door', 'workers/a.ts', 'src/http/b.ts'],
  ['nothing-imports-tools-and-tests', 'src/main.ts', 'src/testing/b.ts'],
];

test.each(FORBIDDEN)('%s: %s must not use %s, neither its values nor its types', (rule, from, to) => {
  const path = `${'../'.repeat(from.split('/').length - 1)}${to.replace(/\.ts$/, '')}`.replace(/^(?!\.)/, './');
  expect(broken({ [from]: valueImport(path), [to]: thing })).toEqual([rule]);
  expect(broken({ [from]: typeImport(path), [to]: thing })).toEqual([rule]);
});

test.each([
  ['database-vendors', 'graphql/a.ts', `import { DataSource } from 'typeorm';\nexport const own = DataSource;\n`],
  ['database-vendors', 'src/domain/memory/a.ts', `import type { Pool } from 'pg';\nexport type Own = Pool;\n`],
  ['database-vendors', 'src/compose/a.ts', `export const own = () => import('@electric-sql/pglite');\n`],
  ['platform-vendors', 'src/domain/memory/a.ts', `import type OpenAI from 'openai';\nexport type Own = OpenAI;\n`],
  ['graphql-vendors', 'src/domain/memory/a.ts', `import type { GraphQLSchema } from 'graphql';\nexport type Own = GraphQLSchema;\n`],
  ['kernel-without-packages', 'src/kernel/a.ts', `import { z } from 'zod';\nexport const own = z;\n`],
  ['domain-without-io', 'src/domain/memory/a.ts', `import { readFileSync } from 'node:fs';\nexport const own = readFileSync;\n`],
  ['not-found', 'src/main.ts', `import { nowhere } from './nowhere';\nexport const own = nowhere;\n`],
])('%s: caught in %s', (rule, file, content) => {
  expect(broken({ [file]: content })).toEqual([rule]);
});

test('a door knows the application by its type alone', () => {
  const app = { 'src/compose/index.ts': thing };
  expect(broken({ ...app, 'graphql/a.ts': typeImport('../src/compose/index') })).toEqual([]);
  expect(broken({ ...app, 'graphql/a.ts': valueImport('../src/compose/index') })).toEqual(['graphql-door-app']);
});

test('files that need each other are caught, also by their types', () => {
  const circle = { 'src/kernel/a.ts': `import type { B } from './b';\nexport interface A { b: B }\n`, 'src/kernel/b.ts': `import type { A } from './a';\nexport interface B { a: A }\n` };
  expect(broken(circle)).toEqual(['no-circle']);
});

test('what the floors allow passes', () => {
  const house = {
    'src/kernel/a.ts': `${thing}export { createHash } from 'node:crypto';\n`,
    'src/jobs/a.ts': valueImport('../kernel/a'),
    'src/platform/llm/a.port.ts': typeImport('../../jobs/a').replaceAll('Thing', 'own').replace('import type', 'import').replace('type Own = own', 'const mine = own'),
    'src/domain/memory/a.ts': valueImport('../../kernel/a'),
    'src/domain/session/a.service.ts': valueImport('../../kernel/a'),
    'src/storage/a.ts': `${valueImport('../domain/memory/other')}import { DataSource } from 'typeorm';\nexport const source = DataSource;\n`,
    'src/domain/memory/other.ts': thing,
    'src/compose/a.ts': valueImport('../kernel/a'),
    'graphql/a.ts': `${valueImport('../src/kernel/a')}import type { GraphQLSchema } from 'graphql';\nexport type S = GraphQLSchema;\n`,
    'graphql/a.test.ts': valueImport('../src/testing/a'),
    'src/testing/a.ts': thing,
    'src/main.ts': `import { own } from './compose/a';\nimport { own as door } from '../graphql/a';\nexport const all = [own, door];\n`,
  };
  expect(broken(house)).toEqual([]);
});
