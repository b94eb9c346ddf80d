import fc from 'fast-check';
import { lineOfFault, lineOfPath } from './json-line';

it('finds no fault in any text that JSON.stringify makes', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(4), (value, indent) => lineOfFault(JSON.stringify(value, null, indent)) === null));
});

it('finds a fault in every beginning of an object that stops short', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), fc.double({ min: 0, max: 1, noNaN: true }), (value, part) => {
      const text = JSON.stringify(value, null, 1);
      return lineOfFault(text.slice(0, Math.floor(part * (text.length - 1)))) !== null;
    }),
  );
});

it('gives the line of a value, of the object around a missing one, and of the first fault', () => {
  const text = '{\n "a": [\n  1,\n  {"b\\u0063": "x\\n\\"y"}\n ]\n}';
  expect(lineOfPath(text, [])).toBe(1);
  expect(lineOfPath(text, ['a', 0])).toBe(3);
  expect(lineOfPath(text, ['a', 1, 'bc'])).toBe(4);
  expect(lineOfPath(text, ['a', 1, 'missing'])).toBe(4);
  expect(lineOfFault('{"a": 1,\n"b": 01}')).toBe(2);
  expect(lineOfFault('[1]\n]')).toBe(2);
});
