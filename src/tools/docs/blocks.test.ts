import { fillBlocks, type Part } from './blocks';

const parts: readonly Part[] = [
  { name: 'jobs', source: 'src/jobs/jobs.ts', text: '| job |\n| --- |' },
  { name: 'floors', source: '.dependency-cruiser.cjs', text: 'kernel' },
];
const document = (inside: string): string => `# Title\n\n<!-- generated:jobs -->\n${inside}<!-- /generated -->\n\nThe end.\n`;

describe('generated blocks', () => {
  it('take what the code says and leave every other line as it is', () => {
    const { text, stale, shown } = fillBlocks(document('| old |\n'), parts);
    expect(text).toBe(document('| job |\n| --- |\n'));
    expect(stale.map(({ name }) => name)).toEqual(['jobs']);
    expect(shown.map(({ name }) => name)).toEqual(['jobs']);
  });

  it('are not stale when they say it already', () => {
    const { text } = fillBlocks(document(''), parts);
    expect(fillBlocks(text, parts)).toMatchObject({ text, stale: [] });
  });

  it.each([
    ['a block without an end', '<!-- generated:jobs -->\ntext\n', 'line 1: the block that begins here does not end'],
    ['a block within a block', '\n<!-- generated:jobs -->\n<!-- generated:floors -->\n<!-- /generated -->\n', 'line 2: the block that begins here does not end'],
    ['an end without a beginning', 'text\n<!-- /generated -->\n', 'line 2: this ends a block that never began'],
    ['a block of nothing', '<!-- generated:weather -->\n<!-- /generated -->\n', 'line 1: nothing is generated as weather; there are jobs, floors'],
  ])('refuse %s', (_, text, message) => {
    expect(() => fillBlocks(text, parts)).toThrow(message);
  });
});
