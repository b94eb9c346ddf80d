import fc from 'fast-check';
import { createO200kTokenizer } from '../../platform/tokenizer/o200k.tokenizer';
import type { DocumentFormat } from './document';
import { MAX_LINES } from './document-rules';
import { cutPassages, MAX_PASSAGE_TOKENS, OVERLAP_TOKENS, type CutPassage } from './passages';

const { count } = createO200kTokenizer();
const cut = (content: string, format: DocumentFormat = 'MARKDOWN'): Promise<CutPassage[]> => cutPassages(format, content, count);
const inShort = (passages: readonly CutPassage[]): [string, string][] => passages.map(({ headings, text }) => [headings.join(' > '), text]);

const GUIDE = `---
owner: ops
---
# Gateway

Runs anywhere.

## Install

Needs Node 20.

\`\`\`sh
npm ci

npm start
\`\`\`

### On \`arm64\`

- one
- two

  still two
- three

## Limits

| what | how much |
| --- | --- |
| depth | 12 |

# Empty
`;

test('passages follow the headings, and blocks stay whole', async () => {
  expect(inShort(await cut(GUIDE))).toEqual([
    ['', '---\nowner: ops\n---'],
    ['Gateway', 'Runs anywhere.'],
    ['Gateway > Install', 'Needs Node 20.\n\n```sh\nnpm ci\n\nnpm start\n```'],
    ['Gateway > Install > On arm64', '- one\n- two\n\n  still two\n- three'],
    ['Gateway > Limits', '| what | how much |\n| --- | --- |\n| depth | 12 |'],
    ['Empty', '# Empty'],
  ]);
});

test('ranges are those of the content, with any line ends', async () => {
  for (const ends of ['\n', '\r\n', '\r']) {
    const content = GUIDE.replaceAll('\n', ends);
    const passages = await cut(content);
    expect(passages).toHaveLength(6);
    for (const { start, end, text } of passages) expect(content.slice(start, end)).toBe(text);
  }
});

test('a list that is too long is cut between its items, code between its lines', async () => {
  const item = `- ${'the same few words over and over '.repeat(10).trim()}`;
  const items = await cut(Array.from({ length: 20 }, () => item).join('\n'));
  expect(items.length).toBeGreaterThan(2);
  for (const { text } of items) expect(text.split('\n').every((line) => line === item)).toBe(true);

  const line = '  const answer = await ask({ question, answer: 42 });';
  const code = await cut(`\`\`\`ts\n${Array.from({ length: 100 }, () => line).join('\n')}\n\`\`\``);
  expect(code.length).toBeGreaterThan(2);
  for (const { text } of code) expect(text.split('\n').every((found) => found === line || found.startsWith('```'))).toBe(true);
});

test('a heading under which nothing stands is a passage, or several when it is too long for one', async () => {
  const heading = `# ${'好'.repeat(500)}`;
  const passages = await cut(heading);
  expect(passages.length).toBeGreaterThan(1);
  expect(passages.every(({ tokens }) => tokens <= MAX_PASSAGE_TOKENS)).toBe(true);
  expect((await cut(`${heading}\n\n## b`)).at(-1)?.text).toBe('## b');
  expect((await cut(`${heading}\n\nSome words.`))[0]?.headings).toEqual(['好'.repeat(200)]);
});

test('only a paragraph that is cut overlaps', async () => {
  const sentences = Array.from({ length: 120 }, (_, n) => `Sentence number ${n} says little.`);
  const passages = await cut(sentences.join(' '), 'TEXT');
  expect(passages.length).toBeGreaterThan(1);
  passages.slice(1).forEach((passage, index) => {
    const before = passages[index];
    const shared = (before?.end ?? 0) - passage.start;
    expect(shared).toBeGreaterThan(0);
    expect(count(passage.text.slice(0, shared))).toBeLessThanOrEqual(OVERLAP_TOKENS + 2);
    expect(passage.text).toMatch(/^Sentence number/);
  });
  const whole = await cut(`${'Short words. '.repeat(60)}\n\n${'Other words. '.repeat(90)}`, 'TEXT');
  expect(whole.map(({ start }) => start)).toEqual([...new Set(whole.map(({ start }) => start))]);
  expect(whole[0]?.end).toBeLessThanOrEqual(whole[1]?.start ?? 0);
});

test('whatever the content, passages are bounded, in order, lose no word and are the same again', async () => {
  const word = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom('# ', '## x\n', '\n\n', '```\n', '- a\n', '> ', '    ', '| a |\n| - |\n', '好'.repeat(500), '\u{1F642}'.repeat(300), 'a'.repeat(1500)));
  const contents = fc.array(word, { maxLength: 40 }).map((words) => words.join('').replaceAll('\u0000', ''));
  await fc.assert(
    fc.asyncProperty(contents, fc.constantFrom<DocumentFormat>('MARKDOWN', 'TEXT'), async (content, format) => {
      const passages = await cut(content, format);
      let covered = 0;
      for (const { start, end, text, tokens } of passages) {
        expect(tokens).toBeLessThanOrEqual(MAX_PASSAGE_TOKENS);
        expect(content.slice(start, end)).toBe(text);
        expect(text.trim()).not.toBe('');
        if (format === 'TEXT') expect(content.slice(covered, Math.max(covered, start)).trim()).toBe('');
        covered = end;
      }
      if (format === 'TEXT') expect(content.slice(covered).trim()).toBe('');
      expect(await cut(content, format)).toEqual(passages);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('a large content of any kind is cut, in time that grows with its length alone', async () => {
  const kinds = ['# h\n\nSome words of a paragraph that goes on. \n\n', '> '.repeat(50), '- a\n  - b\n', '| a | b |\n| - | - |\n', '[a][b] `c` **d** ', '\n', 'a'.repeat(1000), '```\n', '<div>\n\n'];
  for (const kind of kinds) {
    const lines = kind.split('\n').length - 1;
    const content = kind.repeat(Math.min(Math.ceil(1_000_000 / kind.length), lines === 0 ? Infinity : MAX_LINES / lines));
    // What grows with the square of a megabyte takes hours.
    const passages = await cut(content);
    expect([kind.slice(0, 20), passages.every(({ tokens }) => tokens <= MAX_PASSAGE_TOKENS)]).toEqual([kind.slice(0, 20), true]);
  }
}, 120_000);
