import type { Candidate } from '../extraction/extractor';
import type { Memory } from '../memory/memory';
import { isOutdated, requireDecisions, seenOf, trivialDecision, withoutQuotations } from './weighing';

const noClaim = { subject: null, attribute: null, value: null, exclusive: false };
const candidate = (fact: string): Candidate => ({ fact, ...noClaim, topics: [], confidence: 1, eventIds: [], validFrom: null, validTo: null });
const known = (id: string, fact: string, revision = 1): Memory => ({
  id, revision, fact, ...noClaim, bankId: 'default', scope: { user_id: 'u' }, topics: [], confidence: 1, validFrom: null, validTo: null, sessionId: null, eventIds: [],
  evidenceCount: 1, metadata: {}, supersededBy: null, supersededAt: null, createdAt: new Date(0), updatedAt: new Date(0), expiresAt: null,
});
const item = (fact: string, ...neighbours: Memory[]) => ({ ordinal: 1, candidate: candidate(fact), neighbours });

test('the same words, an empty neighbourhood and a bank that does not consolidate need no consolidator', () => {
  expect(trivialDecision(item('Ann sings.', known('a', 'ann SINGS')), true)).toMatchObject({ action: 'duplicate', memoryId: 'a' });
  expect(trivialDecision(item('Ann sings'), true)).toMatchObject({ action: 'create' });
  expect(trivialDecision(item('Ann sings', known('a', 'Ann sang')), false)).toMatchObject({ action: 'create' });
  expect(trivialDecision(item('Ann sings', known('a', 'Ann dances')), true)).toBeNull();
});

test('a decision about a memory that was not shown, and a missing one, become a plain new memory', () => {
  const shown = item('x', known('a', 'y'));
  expect(requireDecisions([shown], [{ ordinal: 1, action: 'retract', memoryId: 'b', reason: '' }])).toMatchObject([{ action: 'create' }]);
  expect(requireDecisions([shown], [])).toMatchObject([{ action: 'create' }]);
  expect(requireDecisions([shown], [{ ordinal: 1, action: 'retract', memoryId: 'a', reason: '' }])).toMatchObject([{ action: 'retract' }]);
});

test('a decision is outdated by a neighbour that came or changed since, if it may concern the candidate', () => {
  const seen = seenOf([known('a', 'Ann owns a red bicycle')]);
  expect(isOutdated(item('Ann owns a red bicycle', known('a', 'Ann owns a red bicycle')), seen)).toBe(false);
  expect(isOutdated(item('Ann owns a red bicycle', known('a', 'Ann owns a red bicycle', 2)), seen)).toBe(true);
  expect(isOutdated(item('Ann owns a red bicycle', known('b', 'Ann speaks Dutch')), seen)).toBe(false);
  expect(isOutdated(item('Ann owns a red bicycle', known('b', 'Ann owns a bicycle')), seen)).toBe(true);
});

test('a reason never carries words of a memory that the candidate does not become part of', () => {
  const [old, other] = [known('a', 'Ann lives in Boston'), known('b', 'Ann survived malaria')];
  const reasonOf = (action: 'contradict' | 'duplicate', reason: string): string =>
    withoutQuotations({ ordinal: 1, action, memoryId: 'a', reason }, item('Ann lives in Seattle', old, other)).reason;
  expect(reasonOf('contradict', 'She left Boston.')).toBe('contradicts what was known');
  expect(reasonOf('contradict', 'Seattle is where Ann lives now.')).toBe('Seattle is where Ann lives now.');
  expect(reasonOf('duplicate', 'Boston again')).toBe('Boston again');
  expect(reasonOf('duplicate', 'Has nothing to do with malaria')).toBe('already known');
});
