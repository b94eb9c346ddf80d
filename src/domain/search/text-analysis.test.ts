import fc from 'fast-check';
import { analyze, toOrQuery, toTsVector, type Analysis } from './text-analysis';

const lexemes = (text: string): string[] => [...analyze(text).lexemes.keys()];

/** Reads quoted lexemes as PostgreSQL's input functions do: a doubled quote and a backslash pair stand for one character. */
const readQuoted = (text: string): string[] =>
  [...text.matchAll(/'((?:[^'\\]|''|\\\\)*)'/g)].map(([, body = '']) => body.replaceAll("''", "'").replaceAll('\\\\', '\\'));

const analysisOf = (words: readonly string[]): Analysis => ({
  lexemes: new Map(words.map((word, index) => [word, [index + 1]])),
  length: words.length,
});

describe('analyze', () => {
  test('plain ASCII reads the same by the short way as beside other scripts', () => {
    const pieces = fc.array(fc.constantFrom('boat', "Ann's", "l'eau", '3.5', '1,250', '007', '7th', 'c++', 'c#', 'C#x', 'a1b2', "don't", "'", '`', '+', '#', '.', ',', ' ', '-', '_', '\n', "rock'n'roll", '12a'), { maxLength: 30 });
    fc.assert(fc.property(fc.oneof(pieces.map((parts) => parts.join('')), fc.string({ unit: 'grapheme-ascii' })), (text) => {
      expect([...analyze(`${text} Ω`).lexemes].filter(([lexeme]) => lexeme !== 'ω')).toEqual([...analyze(text).lexemes]);
    }), { numRuns: 1000 });
  });

  test('forms of a word meet in one lexeme, irregular ones included', () => {
    expect(lexemes('painting painted paints')).toEqual(['paint']);
    expect(lexemes('She bought two mice for the children')).toEqual(lexemes('buy two mouse child'));
  });

  test('case, width and accents do not matter', () => {
    expect(lexemes('ＣＡＦÉ Ångström Straße İstanbul')).toEqual(lexemes('cafe angstrom strasse istanbul'));
  });

  test('a possessive and a contraction lose their apostrophe, typographic or not', () => {
    expect(lexemes('Nadia’s boat')).toEqual(lexemes("Nadia's boats"));
    expect(lexemes("O'Hara won’t sing")).toEqual(['ohara', 'sing']);
    expect(lexemes("l'hôtel")).toEqual(['hotel']);
    expect(lexemes("Who’s there? It's me.")).toEqual([]);
  });

  test('function words are left out but keep their place', () => {
    const analysis = analyze('the boat of the captain');
    expect([...analysis.lexemes]).toEqual([['boat', [2]], ['captain', [5]]]);
    expect(analysis.length).toBe(2);
  });

  test('numbers, dates and ordinals are kept in one spelling', () => {
    expect(lexemes('1,250 km, 3.5 hours')).toEqual(['1250', 'km', '3.5', 'hour']);
    expect(lexemes('2024-03-07')).toEqual(['2024', '3', '7']);
    expect(lexemes('March 7th')).toEqual(['march', '7']);
    expect(lexemes('C++ and C#')).toEqual(['c++', 'c#']);
  });

  test('Chinese, Japanese and Korean come as overlapping pairs, a lone character as itself', () => {
    expect(lexemes('北京大学')).toEqual(['北京', '京大', '大学']);
    expect(lexemes('ラーメンが好き')).toContain('好き');
    expect(lexemes('서울에서')).toEqual(['서울', '울에', '에서']);
    expect(lexemes('我 love 茶')).toEqual(['我', 'love', '茶']);
    expect(lexemes('ｶﾀｶﾅ')).toEqual(lexemes('カタカナ'));
  });

  test('vowel signs stay with their letters, emoji and invisible characters leave nothing', () => {
    expect(lexemes('हिन्दी')).toEqual(['हिन्दी']);
    expect(lexemes('ice\u00adcream 1️⃣ ❤️')).toEqual(lexemes('icecream 1'));
  });

  test('positions ascend, stay within the limits of a tsvector, and lexemes stay short', () => {
    const long = analyze(Array.from({ length: 30_000 }, (_, index) => `w${index % 20_000}${'é'.repeat(80)} cat`).join(' '));
    const cat = long.lexemes.get('cat') ?? [];
    expect(cat).toHaveLength(255);
    expect(cat).toEqual([...cat].sort((a, b) => a - b));
    const bytes = [...long.lexemes].map(([lexeme, positions]) => Buffer.byteLength(lexeme) + 2 * positions.length);
    expect(Math.max(...[...long.lexemes.keys()].map((lexeme) => Buffer.byteLength(lexeme)))).toBeLessThanOrEqual(2046);
    expect(Math.max(...[...long.lexemes.values()].flat())).toBeLessThanOrEqual(16_383);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_048_576);
  });

  test('any text gives lexemes that PostgreSQL can store', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const { lexemes: found, length } = analyze(text);
        expect([...found.keys()].every((lexeme) => lexeme !== '' && lexeme.isWellFormed() && !lexeme.includes('\0'))).toBe(true);
        expect([...found.values()].every((positions) => positions.every((position) => position >= 1))).toBe(true);
        expect(length).toBeGreaterThanOrEqual(found.size);
      }),
    );
  });
});

describe('toTsVector and toOrQuery', () => {
  test('lexemes carry their positions', () => {
    expect(toTsVector(analyze('cat dog cat'))).toBe("'cat':1,3 'dog':2");
    expect(toTsVector(analyze(''))).toBe('');
  });

  test('an OR query names each lexeme once, and no lexeme is no query', () => {
    expect(toOrQuery(['cat', 'dog', 'cat'])).toBe("'cat' | 'dog'");
    expect(toOrQuery([])).toBeNull();
    expect(toOrQuery([''])).toBeNull();
  });

  test('hostile lexemes come back as they went in and never escape their quotes', () => {
    const hostile = fc.string({ unit: fc.constantFrom("'", '\\', ':', ' ', '|', '&', '!', '(', ')', '*', '<->', '\n', 'a', 'é', '猫', '1', ','), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(hostile, { minLength: 1, maxLength: 6 }), (words) => {
        expect(readQuoted(toTsVector(analysisOf(words)))).toEqual(words);
        expect(readQuoted(toOrQuery(words) ?? '')).toEqual(words);
        expect((toOrQuery(words) ?? '').replace(/'(?:[^'\\]|''|\\\\)*'/g, '@')).toMatch(/^@(?: \| @)*$/);
        expect(toTsVector(analysisOf(words)).replace(/'(?:[^'\\]|''|\\\\)*'/g, '@')).toMatch(/^@:\d+(?: @:\d+)*$/);
      }),
    );
  });
});
