import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '../..');
const CRUISER = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

type Files = Readonly<Record<string, string>>;

/** The project's own rules over a small house. Exit code as in `npm run floors`, and the rules each file breaks. */
function cruise(files: Files): { passes: boolean; broken: (file: string) => string[] } {
  const house = mkdtempSync(join(tmpdir(), 'floors-'));
  try {
    symlinkSync(join(PROJECT, 'node_modules'), join(house, 'node_modules'));
    for (const file of ['tsconfig.json', '.dependency-cruiser.cjs', 'package.json']) copyFileSync(join(PROJECT, file), join(house, file));
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(join(house, dirname(file)), { recursive: true });
      writeFileSync(join(house, file), content);
    }
    const roots = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? file))];
    const run = (type: string) =>
      spawnSync(process.execPath, [CRUISER, ...roots, '--config', '.dependency-cruiser.cjs', '--output-type', type], { cwd: house, encoding: 'utf8' });
    const { summary } = JSON.parse(run('json').stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    return {
      passes: run('err').status === 0,
      broken: (file) => [...new Set(summary.violations.filter(({ from }) => from === file).map(({ rule }) => rule.name))].sort(),
    };
  } finally {
    rmSync(house, { recursive: true });
  }
}

const thing = 'export interface Thing { a: string }\nexport const thing: Thing = { a: "" };\n';
const path = (from: string, to: string): string => `${'../'.repeat(from.split('/').length - 1) || './'}${to.replace(/\.ts$/, '')}`;
const value = (from: string, to: string): string => `import { thing } from '${path(from, to)}';\nexport const own = thing;\n`;
const type = (from: string, to: string): string => `import type { Thing } from '${path(from, to)}';\nexport type Own = Thing;\n`;

const IMPORTS: [rule: string, folder: string, target: string][] = [
  ['kernel', 'src/kernel', 'src/jobs/target.ts'],
  ['jobs', 'src/jobs', 'src/domain/memory/target.ts'],
  ['config', 'src/config', 'src/platform/llm/target.port.ts'],
  ['platform', 'src/platform/llm', 'src/domain/memory/target.ts'],
  ['domain', 'src/domain/memory', 'src/storage/target.ts'],
  ['domain', 'src/domain/memory', 'src/platform/llm/adapter.ts'],
  ['concepts-without-services', 'src/domain/memory', 'src/domain/session/target.service.ts'],
  ['storage', 'src/storage', 'src/platform/llm/adapter.ts'],
  ['storage', 'src/storage', 'src/compose/target.ts'],
  ['storage-without-services', 'src/storage', 'src/domain/session/target.service.ts'],
  ['compose', 'src/compose', 'graphql/target.ts'],
  ['graphql-door', 'graphql', 'src/storage/target.ts'],
  ['graphql-door', 'graphql', 'workers/target.ts'],
  ['http-door', 'src/http', 'graphql/target.ts'],
  ['workers-door', 'workers', 'src/http/target.ts'],
  ['nothing-imports-tools-and-tests', 'src', 'src/testing/target.ts'],
];
const planted = (folder: string, index: number, kind: 'value' | 'type'): string => `${folder}/planted-${index}-${kind}.ts`;

const PACKAGES: [rule: string, file: string, content: string][] = [
  ['database-vendors', 'graphql/typeorm.ts', `import { DataSource } from 'typeorm';\nexport const own = DataSource;\n`],
  ['database-vendors', 'src/domain/memory/pg.ts', `import type { Pool } from 'pg';\nexport type Own = Pool;\n`],
  ['database-vendors', 'src/compose/pglite.ts', `export const own = () => import('@electric-sql/pglite');\n`],
  ['platform-vendors', 'src/domain/memory/openai.ts', `import type OpenAI from 'openai';\nexport type Own = OpenAI;\n`],
  ['graphql-vendors', 'src/domain/memory/graphql.ts', `import type { GraphQLSchema } from 'graphql';\nexport type Own = GraphQLSchema;\n`],
  ['kernel-without-packages', 'src/kernel/zod.ts', `import { z } from 'zod';\nexport const own = z;\n`],
  ['domain-without-io', 'src/domain/memory/fs.ts', `import { readFileSync } from 'node:fs';\nexport const own = readFileSync;\n`],
  ['not-found', 'src/main.ts', `import { nowhere } from './nowhere';\nexport const own = nowhere;\n`],
  ['graphql-door-app', 'graphql/app-value.ts', value('graphql/app-value.ts', 'src/compose/target.ts')],
  ['no-circle', 'src/kernel/circle-a.ts', `import type { B } from './circle-b';\nexport interface A { b: B }\n`],
];

const BAD_HOUSE: Files = Object.fromEntries([
  ...IMPORTS.map(([, , target]) => [target, thing]),
  ...IMPORTS.flatMap(([, folder, target], index) => [
    [planted(folder, index, 'value'), value(planted(folder, index, 'value'), target)],
    [planted(folder, index, 'type'), type(planted(folder, index, 'type'), target)],
  ]),
  ...PACKAGES.map(([, file, content]) => [file, content]),
  ['src/kernel/circle-b.ts', `import type { A } from './circle-a';\nexport interface B { a: A }\n`],
]);

const GOOD_HOUSE: Files = {
  'src/kernel/a.ts': `${thing}export { createHash } from 'node:crypto';\n`,
  'src/jobs/a.ts': value('src/jobs/a.ts', 'src/kernel/a.ts'),
  'src/platform/llm/a.port.ts': `${thing}export * from '../../jobs/a';\n`,
  'src/domain/memory/a.ts': `${thing}${type('src/domain/memory/a.ts', 'src/platform/llm/a.port.ts').replaceAll('Own', 'Port').replaceAll('{ Thing }', '{ Thing as T }').replace('= Thing', '= T')}`,
  'src/domain/session/a.service.ts': value('src/domain/session/a.service.ts', 'src/domain/memory/a.ts'),
  'src/storage/a.ts': `${value('src/storage/a.ts', 'src/domain/memory/a.ts')}export { DataSource } from 'typeorm';\n`,
  'src/compose/a.ts': `${thing}${value('src/compose/a.ts', 'src/storage/a.ts').replace('{ thing }', '{ own as stored }').replace('= thing', '= stored')}`,
  'graphql/a.ts': `${type('graphql/a.ts', 'src/compose/a.ts')}export type { GraphQLSchema } from 'graphql';\n`,
  'graphql/a.test.ts': value('graphql/a.test.ts', 'src/testing/a.ts'),
  'src/testing/a.ts': thing,
  'src/main.ts': `export { own } from './compose/a';\nexport type { Own } from '../graphql/a';\n`,
};

const bad = cruise(BAD_HOUSE);

test.each(IMPORTS.map(([rule, folder, target], index) => ({ rule, folder, target, index })))(
  '$rule: $folder must not use $target, neither its values nor its types',
  ({ rule, folder, index }) => {
    expect(bad.broken(planted(folder, index, 'value'))).toEqual([rule]);
    expect(bad.broken(planted(folder, index, 'type'))).toEqual([rule]);
  },
);

test.each(PACKAGES)('%s: caught in %s', (rule, file) => {
  expect(bad.broken(file)).toEqual([rule]);
});

test('a house with a broken rule fails the command', () => {
  expect(bad.passes).toBe(false);
});

test('what the floors allow passes', () => {
  const good = cruise(GOOD_HOUSE);
  expect(Object.keys(GOOD_HOUSE).flatMap((file) => good.broken(file))).toEqual([]);
  expect(good.passes).toBe(true);
});
