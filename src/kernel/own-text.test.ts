import { ownText } from './own-text';

test('it is the same text, whatever it holds', () => {
  for (const text of ['', 'a', 'été', '東京🙂', '\ud800', 'x'.repeat(1000), '\0']) expect(ownText(text)).toBe(text);
});
