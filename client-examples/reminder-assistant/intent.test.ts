import { understand } from './intent';

/** A Friday. */
const SAID = new Date('2025-03-14T17:30:00Z');

test.each([
  ['Remind me to call mum tomorrow at 9am', 'call mum', '2025-03-15T09:00:00.000Z'],
  ['remind me in 20 minutes to take the bread out.', 'take the bread out', '2025-03-14T17:50:00.000Z'],
  ['Please remind me on Monday at 8:15 about the tax papers', 'the tax papers', '2025-03-17T08:15:00.000Z'],
])('“%s” is a reminder, its date counted from when it was said', (sentence, text, at) => {
  expect(understand(sentence, SAID)).toEqual({ kind: 'reminder', text, at: new Date(at) });
});

test.each([
  ['I have a meeting with Edda on Tuesday at 14:00', 'meeting with Edda', '2025-03-18T14:00:00.000Z'],
  ['Dentist next Thursday at 3pm', 'Dentist', '2025-03-20T15:00:00.000Z'],
  ['Schedule lunch with Ana tomorrow at noon', 'lunch with Ana', '2025-03-15T12:00:00.000Z'],
])('“%s” is a calendar entry', (sentence, title, at) => {
  expect(understand(sentence, SAID)).toEqual({ kind: 'calendar', title, at: new Date(at) });
});

test.each([
  ['Add oat milk to my shopping list', 'shopping', 'oat milk'],
  ['put The Left Hand of Darkness on the reading list.', 'reading', 'The Left Hand of Darkness'],
])('“%s” is a list item', (sentence, list, item) => {
  expect(understand(sentence, SAID)).toEqual({ kind: 'list', list, item });
});

test('a reminder without a date is asked about, and other talk is left alone', () => {
  expect(understand('Remind me to breathe', SAID)).toEqual({ kind: 'unclear', question: 'When shall I remind you?' });
  for (const talk of ['Good morning!', 'I was at the dentist yesterday', 'It rains on Monday']) expect(understand(talk, SAID)).toBeNull();
});
