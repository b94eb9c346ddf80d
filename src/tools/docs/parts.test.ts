import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { VARIABLES } from '../../config/schema';
import { JOB_NAMES } from '../../jobs/jobs';
import { fillBlocks } from './blocks';
import { floorDiagram, Rules } from './floors';
import { documentParts, DOCUMENTS } from './parts';

const ROOT = resolve(__dirname, '../../..');
const parts = documentParts(ROOT);
const textOf = (name: string): string => parts.find((part) => part.name === name)?.text ?? '';

test('the documents in the project say what the code says, and every part has its place', () => {
  const shown = DOCUMENTS.flatMap((document) => {
    const filled = fillBlocks(readFileSync(resolve(ROOT, document), 'utf8'), parts);
    expect(filled.stale).toEqual([]);
    return filled.shown;
  });
  expect(new Set(shown)).toEqual(new Set(parts));
});

test('every variable and every job has its row', () => {
  for (const { name } of VARIABLES) expect(textOf('environment')).toContain(`| \`${name}\` |`);
  for (const name of JOB_NAMES) expect(textOf('jobs')).toContain(`| \`${name}\` |`);
});

describe('the floor diagram', () => {
  const lineOf = (floor: string, diagram = textOf('floors')): string | undefined =>
    diagram.split('\n').find((line) => line.startsWith(`${floor} `))?.slice(floor.length).trim();

  it.each([
    ['src/main.ts, src/gateway.ts', 'anything'],
    ['graphql/', 'compose (its types), domain, kernel'],
    ['src/storage/', 'migrations, domain without services, ports of platform, jobs, kernel'],
    ['src/domain/', 'other concepts without their services, ports of platform, jobs, kernel'],
    ['src/platform/', 'jobs, kernel'],
    ['src/kernel/', 'nothing'],
  ])('shows what %s may use', (floor, expected) => {
    expect(lineOf(floor)).toBe(expected);
  });

  it('follows the rules: a floor that is given more shows more', () => {
    const rules = Rules.parse(createRequire(resolve(ROOT, 'package.json'))('./.dependency-cruiser.cjs'));
    const looser = rules.map((rule) => (rule.name === 'jobs' ? { ...rule, to: { ...rule.to, pathNot: [...(rule.to.pathNot ?? []), '^src/config/'] } } : rule));
    expect(lineOf('src/jobs/', floorDiagram(rules))).toBe('kernel');
    expect(lineOf('src/jobs/', floorDiagram(looser))).toBe('config, kernel');
  });

  it('refuses a rule that it cannot weigh', () => {
    expect(() => Rules.parse({ forbidden: [{ name: 'new', from: {}, to: { path: 'x', reachable: true } }] })).toThrow('reachable');
  });
});
