import { z } from 'zod';

const Patterns = z.union([z.string(), z.array(z.string())]).transform((value) => (typeof value === 'string' ? [value] : value));
const Side = z.strictObject({ path: Patterns.optional(), pathNot: Patterns.optional() });
const Target = Side.extend({
  dependencyTypesNot: z.array(z.string()).optional(),
  /** Rules about packages, circles and files that do not exist draw no floor. */
  dependencyTypes: z.array(z.string()).optional(), circular: z.boolean().optional(), couldNotResolve: z.boolean().optional(),
});
const Rule = z.object({ name: z.string(), from: Side, to: Target });
/** As much of dependency-cruiser's configuration as the floors are made of; a condition that this file cannot weigh is refused. */
export const Rules = z.object({ forbidden: z.array(Rule) }).transform(({ forbidden }) =>
  forbidden.filter(({ to }) => to.dependencyTypes === undefined && to.circular === undefined && to.couldNotResolve === undefined));
export type Rules = z.output<typeof Rules>;

type Verdict = 'all' | 'types' | 'none';

/** From the roof down, each floor with a file that stands for it. */
const FLOORS: readonly (readonly [title: string, file: string])[] = [
  ['src/main.ts, src/gateway.ts', 'src/main.ts'],
  ['graphql/', 'graphql/x.ts'],
  ['workers/', 'workers/x.ts'],
  ['src/http/', 'src/http/x.ts'],
  ['src/compose/', 'src/compose/x.ts'],
  ['src/storage/', 'src/storage/x.ts'],
  ['migrations/', 'migrations/x.ts'],
  ['src/domain/', 'src/domain/session/x.ts'],
  ['src/platform/', 'src/platform/llm/x.ts'],
  ['src/config/', 'src/config/x.ts'],
  ['src/jobs/', 'src/jobs/x.ts'],
  ['src/kernel/', 'src/kernel/x.ts'],
];

/** What a floor can use, with a file that stands for all of it and one that stands for its open part. */
const TARGETS: readonly { readonly name: string; readonly file: string; readonly open?: readonly [name: string, file: string] }[] = [
  { name: 'doors', file: 'graphql/target.ts' },
  { name: 'compose', file: 'src/compose/target.ts' },
  { name: 'storage', file: 'src/storage/target.ts' },
  { name: 'migrations', file: 'migrations/target.ts' },
  { name: 'domain', file: 'src/domain/memory/target.service.ts', open: ['domain without services', 'src/domain/memory/target.ts'] },
  { name: 'platform', file: 'src/platform/llm/target.ts', open: ['ports of platform', 'src/platform/llm/target.port.ts'] },
  { name: 'config', file: 'src/config/target.ts' },
  { name: 'jobs', file: 'src/jobs/target.ts' },
  { name: 'kernel', file: 'src/kernel/target.ts' },
];

const OTHER_CONCEPTS = 'other concepts without their services';

/** The floors with what each may import, as the rules have it. Imports go down only. */
export function floorDiagram(rules: Rules): string {
  const width = Math.max(...FLOORS.map(([title]) => title.length)) + 3;
  const lines = FLOORS.map(([title, file]) => `${title.padEnd(width)}${mayUse(rules, file)}`);
  return ['```', ...lines, '```'].join('\n');
}

function mayUse(rules: Rules, from: string): string {
  const used = TARGETS.flatMap(({ name, file, open }) => {
    const isOwn = from.startsWith(folderOf(file));
    const whole = verdictOn(rules, from, file);
    if (whole === 'all') return isOwn ? [] : [name];
    if (whole === 'types') return [`${name} (its types)`];
    return open === undefined || verdictOn(rules, from, open[1]) === 'none' ? [] : [isOwn ? OTHER_CONCEPTS : open[0]];
  });
  return used.length === TARGETS.length ? 'anything' : used.join(', ') || 'nothing';
}

const folderOf = (file: string): string => file.split('/').slice(0, file.startsWith('src/') ? 2 : 1).join('/');

/** What the rules together leave of an import. */
function verdictOn(rules: Rules, from: string, to: string): Verdict {
  const broken = rules.filter((rule) => forbids(rule, from, to));
  if (broken.length === 0) return 'all';
  return broken.every((rule) => rule.to.dependencyTypesNot?.includes('type-only')) ? 'types' : 'none';
}

function forbids(rule: Rules[number], from: string, to: string): boolean {
  const match = (rule.from.path ?? ['']).map((pattern) => new RegExp(pattern).exec(from)).find((found) => found !== null);
  if (match === undefined || matches(rule.from.pathNot, from)) return false;
  // dependency-cruiser lets a rule's target repeat a group of its source.
  const grouped = (patterns: readonly string[] | undefined): string[] | undefined => patterns?.map((pattern) => pattern.replaceAll('$1', match[1] ?? '$1'));
  return (rule.to.path === undefined || matches(grouped(rule.to.path), to)) && !matches(grouped(rule.to.pathNot), to);
}

const matches = (patterns: readonly string[] | undefined, path: string): boolean => (patterns ?? []).some((pattern) => new RegExp(pattern).test(path));
