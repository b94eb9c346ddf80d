import * as fc from 'fast-check';
import type { SourceTurn, TurnAuthor } from '../extractor';
import { createOfflineExtractor } from './offline-extractor';

const topics = ['preferences', 'personal_facts', 'plans_and_events'].map(name => ({ name, description: '' }));
const words = fc.constantFrom('I', 'my', 'you', 'we', 'it', 'that', 'yesterday', 'love', 'went', 'to', 'the', 'dog', 'and', 'because', '"', '-', '?', '!', '.', ',', 'last week', "don't", 'Ana', '[photo: x]', 'favorite', 'is', 'on March 31', '\u{1F600}', 'ich', 'vivo en');
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }), fc.array(words, { maxLength: 40 }).map(each => each.join(' ')));
const author = fc.constantFrom<TurnAuthor>('user', 'agent', 'tool', 'system');
const turns = fc.array(fc.record({ author, speaker: fc.constantFrom('Ana', 'Ben', 'The user', 'The assistant', '(', '', "O'Brien-Ng / $1", '\u{1F600} *'), text, occurredAt: fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }) }), { maxLength: 5 })
  .map(list => list.map((each, seq): SourceTurn => ({ ...each, seq, eventId: `e${String(seq)}` })));

const run = (list: readonly SourceTurn[]) => createOfflineExtractor().extract({ turns: list, topics, examples: [], instructions: '', signal: new AbortController().signal });

describe('the offline extractor on any input', () => {
  it('cites its turns, bounds its facts, accounts for every turn, and answers the same twice', async () => {
    await fc.assert(fc.asyncProperty(turns, async list => {
      const found = await run(list);
      const known = new Set(list.map(each => each.eventId));
      for (const candidate of found.candidates) {
        expect(candidate.fact.length).toBeGreaterThan(0);
        expect(candidate.fact.length).toBeLessThanOrEqual(400);
        expect(candidate.eventIds.length).toBeGreaterThan(0);
        expect(candidate.eventIds.every(id => known.has(id))).toBe(true);
        expect(candidate.confidence).toBeGreaterThanOrEqual(0);
        expect(candidate.confidence).toBeLessThanOrEqual(1);
      }
      const cited = new Set(found.candidates.flatMap(each => each.eventIds));
      expect(new Set([...cited, ...found.leftOut.map(each => each.eventId)])).toEqual(known);
      expect(await run(list)).toEqual(found);
    }), { numRuns: 200 });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    const list: SourceTurn[] = [{ author: 'user', speaker: 'Ana', text: 'I live in Portland.', occurredAt: new Date(0), seq: 0, eventId: 'e' }];
    await expect(createOfflineExtractor().extract({ turns: list, topics, examples: [], instructions: '', signal: stop.signal })).rejects.toThrow('enough');
  });
});
