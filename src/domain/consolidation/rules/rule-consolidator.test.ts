import fc from 'fast-check';
import type { Candidate } from '../../extraction/extractor';
import type { Memory } from '../../memory/memory';
import { createRuleConsolidator } from './rule-consolidator';

const claim = (subject: string | null, attribute: string | null, value: string | null, exclusive = false) => ({ subject, attribute, value, exclusive });
const candidate = (fact: string, keys = claim(null, null, null)): Candidate => ({
  fact, ...keys, topics: [], confidence: 0.8, eventIds: ['e'], validFrom: null, validTo: null,
});
const known = (fact: string, keys = claim(null, null, null)): Memory => ({
  id: fact, bankId: 'default', scope: { user_id: 'u' }, fact, ...keys, topics: [], confidence: 0.8, validFrom: null, validTo: null, sessionId: null,
  eventIds: [], evidenceCount: 1, metadata: {}, revision: 1, supersededBy: null, supersededAt: null, createdAt: new Date(0), updatedAt: new Date(0), expiresAt: null,
});
const weigh = async (said: Candidate, ...neighbours: Memory[]) => {
  const { decisions } = await createRuleConsolidator().decide([{ ordinal: 1, candidate: said, neighbours }], new AbortController().signal);
  return decisions[0];
};

const city = (value: string) => claim('ann', 'home_city', value, true);

describe('the rules', () => {
  it.each([
    ['the same words in other dress', candidate('Ann likes TEA!'), known('ann likes tea')],
    ['the same claim in other words', candidate('Ann adores tea', claim('ann', 'likes', 'tea')), known('Ann is fond of tea', claim('ann', 'likes', 'tea'))],
    ['synonyms and soft words', candidate('Ann really loves hiking'), known('Ann enjoys hiking')],
    ['less than is known', candidate('Ann has a dog'), known('Ann has a dog named Max')],
    ['less of a single value', candidate('Ann lives in Portland', city('portland')), known('Ann lives in Portland, Oregon', city('portland, oregon'))],
  ])('call %s a duplicate', async (_, said, memory) => {
    expect(await weigh(said, memory)).toMatchObject({ action: 'duplicate', memoryId: memory.id });
  });

  it.each([
    ['more words about the same', candidate('Ann has a dog named Max'), known('Ann has a dog')],
    ['more words for the same claim', candidate('Ann likes green tea from Japan', claim('ann', 'likes', 'tea')), known('Ann likes green tea', claim('ann', 'likes', 'tea'))],
    ['a fuller single value', candidate('Ann lives in Portland, Oregon', city('portland, oregon')), known('Ann lives in Portland', city('portland'))],
  ])('refine by %s', async (_, said, memory) => {
    expect(await weigh(said, memory)).toMatchObject({ action: 'refine', memoryId: memory.id, fact: said.fact });
  });

  it.each([
    ['another value of an exclusive attribute', candidate('Ann lives in Rome', city('rome')), known('Ann lives in Oslo', city('oslo'))],
    ['the opposite attribute of the same thing', candidate('Ann hates tea', claim('ann', 'dislikes', 'tea')), known('Ann likes tea', claim('ann', 'likes', 'tea'))],
    ['what is no longer so', candidate('Ann no longer lives in Rome'), known('Ann lives in Rome', city('rome'))],
    ['what is not so any more, told on a day', candidate('Ann does not live in Rome anymore (as of 2 January 2024)'), known('Ann lives in Rome', city('rome'))],
    ['what is so again', candidate('Ann lives in Rome again', city('rome')), known('Ann no longer lives in Rome (as of 2 January 2024)')],
    ['what has stopped', candidate('Ann stopped playing tennis'), known('Ann plays tennis')],
    ['a job that was left', candidate('Ann quit their job at Acme.'), known('Ann works at Acme.', claim('ann', 'employer', 'acme', true))],
    ['a denial of what was said of some times', candidate('Ann no longer drinks coffee'), known('Ann drinks coffee every morning')],
    ['a negation of the same words', candidate('Ann does not eat meat'), known('Ann eats meat')],
  ])('contradict with %s', async (_, said, memory) => {
    expect(await weigh(said, memory)).toMatchObject({ action: 'contradict', memoryId: memory.id });
  });

  it.each([
    ['a denial for some times of what holds for others', candidate('Ann does not drink coffee in the evening'), known('Ann drinks coffee every morning')],
    ['a denial of something narrower', candidate('Ann does not eat meat on Mondays'), known('Ann eats meat')],
    ['a denial of one of two things', candidate('Ann no longer likes tea'), known('Ann likes tea and coffee')],
    ['another thing liked', candidate('Ann likes white wine', claim('ann', 'likes', 'white wine')), known('Ann likes red wine', claim('ann', 'likes', 'red wine'))],
    ['a word replaced', candidate('Ann went to the park with her brother and the dogs'), known('Ann went to the park with her sister and the dogs')],
    ['another date', candidate('Ann ran a race on 5 May 2023'), known('Ann ran a race on 6 May 2023')],
    ['another number', candidate('Ann has two cats'), known('Ann has three cats')],
    ['roles exchanged', candidate('Bob called Ann about work'), known('Ann called Bob about work')],
    ['another person', candidate('Bob lives in Rome', claim('bob', 'home_city', 'rome', true)), known('Ann lives in Rome', city('rome'))],
    ['nothing in common', candidate('Ann likes tea'), known('The project uses Rust')],
  ])('keep apart: %s', async (_, said, memory) => {
    expect(await weigh(said, memory)).toMatchObject({ action: 'create' });
  });

  it('prefer the memory that says the same to one it would contradict', async () => {
    const same = known('Ann lives in Rome', city('rome'));
    expect(await weigh(candidate('Ann now lives in Rome', city('rome')), known('Ann lives in Oslo', city('oslo')), same)).toMatchObject({ action: 'duplicate', memoryId: same.id });
  });

  it('give one decision per item, about its own neighbours, for any text', async () => {
    const text = fc.string({ minLength: 1, maxLength: 40 });
    const keys = fc.tuple(fc.option(text), fc.option(text), fc.option(text), fc.boolean()).map(([s, a, v, e]) => claim(s, a, v, e));
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(text, keys), { maxLength: 6 }), text, keys, async (memories, fact, own) => {
      const neighbours = memories.map(([said, theirs]) => known(said, theirs));
      const decision = await weigh(candidate(fact, own), ...neighbours);
      expect(decision?.ordinal).toBe(1);
      if (decision !== undefined && 'memoryId' in decision) expect(neighbours.map(({ id }) => id)).toContain(decision.memoryId);
    }));
  });
});
