import { valuesOf, MAX_VALUE_CHARS } from './values';

async function* inPieces(text: string, size: number): AsyncGenerator<string, void, undefined> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

/** What is found, whatever the pieces: `!CODE` for an error. */
async function found(text: string, size: number): Promise<[number, unknown][]> {
  const all: [number, unknown][] = [];
  for await (const one of valuesOf(inPieces(text, size))) all.push([one.line, 'error' in one ? `!${one.error.details.reason}` : one.value]);
  return all;
}

const tricky = { text: 'a "quoted" \\ back\\\\slash, [brackets] {braces}\nline', deep: [[{ a: ['}', ']', ','] }]], 'k,ey': '\u2028🦊' };

describe.each([1, 2, 3, 7, 64, 100_000])('in pieces of %i characters', (size) => {
  it.each([
    ['nothing', ' \n\n ', []],
    ['JSON lines with empty ones between', `${JSON.stringify(tricky)}\n\n  ${JSON.stringify(tricky)}\r\n7\nnull`, [[1, tricky], [3, tricky], [4, 7], [5, null]]],
    ['a broken line among good ones', '{"a": 1}\n{"a": \n"b"\n[1, 2', [[1, { a: 1 }], [2, '!NOT_JSON'], [3, 'b'], [4, '!NOT_JSON']]],
    ['one document over many lines', `\ufeff${JSON.stringify(tricky, null, 2)}\n`, [[1, tricky]]],
    ['a document that breaks', '{\n  "a": 1,\n  "b": \n', [[1, '!NOT_JSON']]],
    ['a list on one line', JSON.stringify([tricky, 1, 'x', [], {}, null]), [[1, tricky], [1, 1], [1, 'x'], [1, []], [1, {}], [1, null]]],
    ['a list over many lines', '[\n{\n "a": "b"\n},\n true\n]\n', [[2, { a: 'b' }], [5, true]]],
    ['lists one after the other', '[1,2]\n[3]\n[]', [[1, 1], [1, 2], [2, 3]]],
    ['an empty list', '[ ]', []],
    ['a list that breaks', '[{"a": 1},\n{"b" 2},\n{"c": 3}]', [[1, { a: 1 }], [2, '!NOT_JSON']]],
    ['a list that ends too early', '[{"a": 1},\n', [[1, { a: 1 }], [2, '!NOT_JSON']]],
    ['something behind a list', '[1] x', [[1, 1], [1, '!NOT_JSON']]],
  ])('%s', async (_, text, expected) => {
    expect(await found(text, size)).toEqual(expected);
  });
});

test('a value beyond the bound is refused, in a line, in a list and as a document', async () => {
  const long = 'x'.repeat(MAX_VALUE_CHARS);
  expect(await found(`{"a": 1}\n"${long}"\n2`, 1_000_000)).toEqual([[1, { a: 1 }], [2, '!VALUE_TOO_LARGE']]);
  expect(await found(`[1, "${long}"]`, 1_000_000)).toEqual([[1, 1], [1, '!VALUE_TOO_LARGE']]);
  expect(await found(`{\n"a": "${long}"}`, 1_000_000)).toEqual([[1, '!VALUE_TOO_LARGE']]);
});
