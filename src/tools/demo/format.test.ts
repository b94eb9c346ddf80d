import fc from 'fast-check';
import { displayWidth, fit, printable, truncate } from './display-width';
import { createFormat } from './format';
import { wrapText } from './wrap';

const anyText = fc.string({ unit: 'grapheme' }).map(printable);
const plain = createFormat({ color: false, width: 30 });

describe('widths', () => {
  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['ガｶﾞ、', 6],
    ['한글', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['👩‍👧 ❤️', 5],
    ['Ａ', 2],
    ['░█…', 3],
  ])('%p takes %p columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('cuts between characters, never inside a wide one', () => {
    expect(truncate('金沢では友達', 8)).toBe('金沢で…');
    expect(truncate('short', 8)).toBe('short');
    expect(fit('金沢では', 6)).toBe('金沢… ');
    expect(fit('7', 4, 'right')).toBe('   7');
  });

  it('fits any text into exactly the width', () => {
    fc.assert(fc.property(anyText, fc.nat(40), (text, width) => displayWidth(fit(text, width)) === width));
  });
});

describe('wrapping', () => {
  it('breaks at spaces, keeps paragraphs, and chops only words longer than a line', () => {
    expect(wrapText('the quick brown fox\n\nabcdefghijkl', 10)).toEqual(['the quick', 'brown fox', '', 'abcdefghij', 'kl']);
  });

  it('breaks between wide characters but not before their closing punctuation', () => {
    expect(wrapText('先週から日本語、教室', 14)).toEqual(['先週から日本', '語、教室']);
  });

  it('keeps every character but white space and stays within the width', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 40 }), (text, width) => {
        const lines = wrapText(text, width);
        expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
        expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
      }),
    );
  });
});

describe('a table', () => {
  const columns = [{ title: 'Fact' }, { title: 'Score', align: 'right', fixed: true }] as const;

  it('aligns its columns, wide characters included', () => {
    expect(plain.table(columns, [['tea', '0.9'], ['日本', '12']])).toBe('Fact  Score\n────  ─────\ntea     0.9\n日本     12');
  });

  it('cuts the widest column first and leaves fixed ones whole', () => {
    const table = plain.table([{ title: 'Id', fixed: true }, { title: 'Fact' }, { title: 'Who' }], [['s1:14', 'Ines moved to Bristol in January', 'Ines']]);
    expect(table.split('\n')[2]).toBe('s1:14  Ines moved to Br…  Ines');
    expect(Math.max(...table.split('\n').map(displayWidth))).toBe(30);
  });

  it('takes no escape sequences from its cells', () => {
    expect(plain.table([{ title: 'Fact' }], [['a\u001b[31mb\nc']])).toContain('a [31mb c');
  });
});

describe('headings and paragraphs', () => {
  it('underlines a heading by its width', () => {
    expect(plain.heading('Größe 日本')).toBe('Größe 日本\n──────────');
  });

  it('hangs the lines of a paragraph under its lead', () => {
    expect(plain.paragraph('one two three four five six', { lead: 'Ines: ' })).toBe('Ines: one two three four five\n      six');
  });
});

it('colours only when it may', () => {
  const coloured = createFormat({ color: true, width: 30 });
  expect(coloured.paint('green', 'ok')).toBe('\u001b[32mok\u001b[39m');
  expect(plain.paint('green', 'ok')).toBe('ok');
  expect(coloured.table([{ title: 'Fact', style: 'cyan' }], [['tea']]).split('\n')[2]).toBe('\u001b[36mtea \u001b[39m');
});
