import { answerKinds, mentionsDuration, mentionsName, mentionsNumber, mentionsPlace, mentionsTime } from './answer-cues';

test('the wording of a question tells what it wants', () => {
  expect(answerKinds('When did she leave?')).toMatchObject({ time: true, place: false });
  expect(answerKinds('How long has he been sailing?')).toMatchObject({ duration: true, time: false });
  expect(answerKinds('How many boats are there?')).toMatchObject({ number: true });
  expect(answerKinds('Which city did they visit?')).toMatchObject({ place: true, name: false });
  expect(answerKinds('What is her sister called?')).toMatchObject({ name: true });
  expect(answerKinds('Does she sail?')).toEqual({ time: false, duration: false, number: false, place: false, name: false });
});

test('turns are known by the cues they hold', () => {
  expect(mentionsTime('We set off last weekend.')).toBe(true);
  expect(mentionsTime('It took courage.')).toBe(false);
  expect(mentionsDuration('I sailed for three years.')).toBe(true);
  expect(mentionsDuration('I sailed yesterday.')).toBe(false);
  expect(mentionsPlace('We stayed in Lisbon.')).toBe(true);
  expect(mentionsPlace('We stayed in bed.')).toBe(false);
  expect(mentionsNumber('There were three of them.')).toBe(true);
  expect(mentionsNumber('There were some of them.')).toBe(false);
  expect(mentionsName('My sister is called Ines.')).toBe(true);
  expect(mentionsName('I read “the old sea” twice.')).toBe(true);
  expect(mentionsName('My sister and I are here.')).toBe(false);
});
