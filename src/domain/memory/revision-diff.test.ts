import fc from 'fast-check';
import type { MemoryRevision } from './memory';
import { diffRevisions, diffWords } from './revision-diff';

const revision = (change: Partial<MemoryRevision> = {}): MemoryRevision => ({
  memoryId: 'm', revision: 1, action: 'CREATED', fact: 'Ann lives in Lisbon.', topics: ['personal_facts'], confidence: 0.8, validFrom: null, validTo: null,
  metadata: { a: 1, b: { c: 2, d: 3 } }, eventIds: ['e1'], reason: null, principalId: 'p', generationId: null, candidates: [], createdAt: new Date(0), ...change,
});

it('names what differs, with both values, and nothing else', () => {
  const to = revision({ revision: 2, confidence: 0.9, validTo: new Date('2024-05-01T00:00:00Z'), eventIds: ['e1', 'e2'], reason: 'moved', principalId: 'q' });
  expect(diffRevisions(revision(), to).changes).toEqual([
    { field: 'confidence', before: 0.8, after: 0.9 }, { field: 'validTo', before: null, after: '2024-05-01T00:00:00.000Z' }, { field: 'eventIds', before: ['e1'], after: ['e1', 'e2'] },
  ]);
});

it('takes metadata with its keys in another order for the same', () => {
  expect(diffRevisions(revision(), revision({ metadata: { b: { d: 3, c: 2 }, a: 1 } })).changes).toEqual([]);
});

it('shows which words of the fact came and went', () => {
  expect(diffRevisions(revision(), revision({ fact: 'Ann now lives in Porto.' })).words).toEqual([
    { kind: 'SAME', text: 'Ann ' }, { kind: 'ADDED', text: 'now ' }, { kind: 'SAME', text: 'lives in ' }, { kind: 'REMOVED', text: 'Lisbon.' }, { kind: 'ADDED', text: 'Porto.' },
  ]);
});

it('leads from either fact to the other', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'naïve', '日本', 'a\n', ' ');
  const fact = fc.array(word, { maxLength: 30 }).map((words) => words.join(' '));
  fc.assert(fc.property(fact, fact, (before, after) => {
    const words = diffWords(before, after);
    const join = (kind: string): string => words.filter((each) => each.kind !== kind).map(({ text }) => text).join('');
    expect([join('ADDED'), join('REMOVED')]).toEqual([before, after]);
    expect(words.every((each, n) => each.kind !== words[n - 1]?.kind)).toBe(true);
  }));
});

it('is quick for the longest facts', () => {
  const long = (letter: string): string => Array.from({ length: 1000 }, (_, n) => `${letter}${n % 2}`.slice(0, 1)).join(' ');
  expect(diffWords(long('a'), long('b'))).toHaveLength(2);
});
