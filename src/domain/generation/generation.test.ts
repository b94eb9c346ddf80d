import fc from 'fast-check';
import type { Candidate, SourceTurn } from '../extraction/extractor';
import { admit, leftOutOf } from './admission';
import { GENERATION_PHASES } from './generation';
import { progressOf, shareOf } from './progress';
import { textParts } from './source-turns';

const letters = (text: string): string => text.replace(/\s+/g, '');

test('a raw text is cut into parts of at most 2,000 characters that lose nothing but white space', () => {
  const word = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' });
  fc.assert(fc.property(fc.array(fc.tuple(word, fc.constantFrom(' ', '. ', '\n', '\n\n')), { maxLength: 600 }), (words) => {
    const text = words.map((pair) => pair.join('')).join('');
    const parts = textParts(text);
    expect(letters(parts.join(' '))).toBe(letters(text));
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(2000);
      expect(part).not.toBe('');
      expect(part.isWellFormed()).toBe(true);
    }
  }), { numRuns: 60 });
  expect(textParts(`${'a'.repeat(1999)}😀${'b'.repeat(1999)}`).every((part) => part.isWellFormed())).toBe(true);
});

test('parts end at a paragraph rather than in a sentence, and in a sentence rather than in a word', () => {
  const paragraph = `${'word '.repeat(250).trim()}.`;
  expect(textParts(`${paragraph}\n\n${paragraph}`)).toEqual([paragraph, paragraph]);
  expect(textParts('word '.repeat(1000)).every((part) => /^word.*word$/.test(part))).toBe(true);
});

const turn: SourceTurn = { eventId: '019aa000-0000-7000-8000-000000000001', seq: 1, author: 'user', speaker: 'Ann', text: 'x', occurredAt: new Date(5) };
const candidate = (more: Partial<Candidate>): Candidate => ({
  fact: 'Ann sings', topics: ['known'], confidence: 0.5, eventIds: [turn.eventId], subject: null, attribute: null, value: null, exclusive: false, validFrom: null, validTo: null, ...more,
});
const admitOne = (more: Partial<Candidate>) => admit({ candidates: [candidate(more)], leftOut: [], usage: [] }, [turn], new Set(['known']))[0];

test('what an extractor gives is checked before it is kept', () => {
  expect(admitOne({})).toMatchObject({ candidate: { fact: 'Ann sings', topics: ['known'], eventIds: [turn.eventId] }, statedAt: new Date(5), verdict: null });
  expect(admitOne({ eventIds: ['elsewhere'] })?.verdict).toMatchObject({ outcome: 'QUARANTINED' });
  expect(admitOne({ fact: 'x'.repeat(2001) })).toMatchObject({ verdict: { outcome: 'FAILED' } });
  expect(admitOne({ fact: ' \u0000 ' })).toMatchObject({ verdict: { outcome: 'NOTHING_FOUND' } });
  expect(admitOne({ fact: 'a\u0000b\ud800' })?.candidate.fact).toBe('ab\ufffd');
  expect(admitOne({ topics: ['known', 'invented', 'known'], confidence: 7 })?.candidate).toMatchObject({ topics: ['known'], confidence: 1 });
  expect(admitOne({ confidence: Number.NaN, validFrom: new Date(Number.NaN), subject: ' ', value: ' Portland ' })?.candidate)
    .toMatchObject({ confidence: 0.5, validFrom: null, subject: null, value: 'portland' });
  expect(admitOne({ validFrom: new Date(9), validTo: new Date(3) })?.candidate).toMatchObject({ validFrom: new Date(9), validTo: null });
});

test('every turn is cited by a candidate or left out once with a reason, whatever the extractor says', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd', 'elsewhere');
  const turns = ['a', 'b', 'c', 'd'].map((eventId, seq) => ({ ...turn, eventId, seq }));
  const said = fc.record({ eventId: ids, reason: fc.constantFrom('question', '', ' ', '\u0000') });
  fc.assert(fc.property(fc.array(fc.array(ids)), fc.array(said), (citations, leftOut) => {
    const left = leftOutOf({ candidates: citations.map((eventIds) => candidate({ eventIds })), leftOut, usage: [] }, turns);
    const uncited = turns.map(({ eventId }) => eventId).filter((id) => !citations.flat().some((cited) => cited === id));
    expect(left.map(({ eventId }) => eventId)).toEqual(uncited);
    expect(left.every(({ reason }) => reason.trim() !== '')).toBe(true);
  }));
});

test('the share of a job lies between nothing and the whole and grows with its steps', () => {
  fc.assert(fc.property(fc.constantFrom(...GENERATION_PHASES), fc.nat(500), fc.nat(500), (phase, done, total) => {
    const share = shareOf({ status: 'PROCESSING', phase, done, total });
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
    expect(shareOf({ status: 'PROCESSING', phase, done: done + 1, total })).toBeGreaterThanOrEqual(share);
  }));
  expect(progressOf('g', { position: 7, ref: { status: 'PROCESSING', phase: 'CONSOLIDATE', done: 1, total: 2 } })).toMatchObject({ cursor: '7', generationId: 'g', progress: 0.75 });
});
