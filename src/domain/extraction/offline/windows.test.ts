import type { SourceTurn } from '../extractor';
import { createOfflineExtractor } from './offline-extractor';

const lines = [
  ['Ana', 'I adopted a greyhound from the shelter in Leeds yesterday.'], ['Ben', 'What a day! Where do you keep bees?'],
  ['Ana', 'On the roof of the library.'], ['Ben', 'My uncle repairs violins in Cremona.'],
] as const;
const turns: readonly SourceTurn[] = Array.from({ length: 40 }, (_, index) => {
  const [speaker, text] = lines[index % lines.length] ?? lines[0];
  return { eventId: `e${String(index)}`, seq: index, author: speaker === 'Ana' ? 'user' : 'agent', speaker, text, occurredAt: new Date(Date.UTC(2024, 0, 1 + index)) };
});
const topics = [{ name: 'personal_facts', description: '' }];

it('a conversation cut into windows gives what it gives whole', async () => {
  const extractor = createOfflineExtractor();
  const request = { topics, examples: [], instructions: '', signal: new AbortController().signal };
  const whole = await extractor.extract({ ...request, turns });
  const parts = [];
  for (let at = 0; at < turns.length; at += 8) parts.push(await extractor.extract({ ...request, turns: turns.slice(at, at + 8) }));
  expect(parts.flatMap(part => part.candidates)).toEqual(whole.candidates);
  expect(whole.candidates.length).toBeGreaterThanOrEqual(30);
});
