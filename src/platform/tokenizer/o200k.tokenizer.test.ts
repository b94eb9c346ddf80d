import fc from 'fast-check';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { countRuns, createO200kTokenizer } from './o200k.tokenizer';

const tokenizer = createO200kTokenizer();

test('counted by parts that are remembered, a text has the tokens that it has as a whole', () => {
  const piece = fc.constantFrom('boat', ' tea', '\n', '\r\n', '/', '//', '.', '...', ' ', '\t', '[e1] ', ']', '] ', '## ', '1234', '\u0301', '東京', '🙂', "'s", 'x'.repeat(130), ' '.repeat(130), '\u2028', '\u00a0');
  fc.assert(fc.property(fc.array(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), { maxLength: 4 }), (texts) => {
    for (const text of [...texts, texts.join('\n'), ...texts]) expect([text, tokenizer.count(text)]).toEqual([text, countRuns(text, (piece) => encode(piece).length)]);
  }), { numRuns: 500 });
});

test('ordinary text counts exactly as the encoding does', () => {
  const texts = ['', 'Hello, world!', 'const x = { a: 1 };\n\n\tif (x) {}\n', '多くの人が東京に住んでいます。', 'naïve café 😀🎉', 'https://example.com/a/b?c=d', '   spaces   '];
  for (const text of texts) expect([text, tokenizer.count(text)]).toEqual([text, encode(text).length]);
});

test('words that name special tokens are text', () => {
  expect(tokenizer.count('a <|endoftext|> b')).toBeGreaterThan(4);
});

test('unpaired surrogates and control characters count', () => {
  expect(tokenizer.count('\ud800 \u0000')).toBeGreaterThan(0);
});

test('long runs are counted from above, and closely', () => {
  const text = '北京是中华人民共和国的首都也是全国的政治文化中心'.repeat(40);
  const exact = encode(text).length;
  expect(tokenizer.count(text)).toBeGreaterThanOrEqual(exact);
  expect(tokenizer.count(text)).toBeLessThan(exact * 1.05);
});

// The bound is jest's own test timeout: counted whole, each of these takes minutes to hours.
test.each([
  ['one letter', 'a'.repeat(1_000_000)],
  ['spaces', ' '.repeat(1_000_000)],
  ['line ends', '\n'.repeat(1_000_000)],
  ['signs', '.'.repeat(1_000_000)],
  ['Thai', 'ภาษาไทยไม่มีวรรค'.repeat(62_500)],
  ['base64', Buffer.from(Array.from({ length: 750_000 }, (_, index) => (index * index * 31 + index) % 251)).toString('base64')],
])('a million characters of %s are counted', (_, text) => {
  expect(tokenizer.count(text)).toBeGreaterThan(1000);
});
