import { planQuery } from './query-planning';
import { commonTerms, SEED_LIMITS, seedTerms } from './seed-terms';

const stats = (frequencies: Readonly<Record<string, number>>, documents = 1000) => ({
  documents,
  averageLength: 12,
  documentFrequency: (lexeme: string): number => frequencies[lexeme] ?? 0,
});

test('a speaker’s name selects the speaker and is no search word', () => {
  const query = planQuery('Which boat did Nadia buy?', { speakers: ['Nadia', 'Tom'] });
  expect([...query.names]).toEqual(['nadia']);
  expect([...query.terms.keys()]).toEqual(['boat', 'buy']);
});

test('a name that no speaker bears stays a search word', () => {
  expect([...planQuery('Which boat did Nadia buy?').terms.keys()]).toEqual(['boat', 'nadia', 'buy']);
});

test('“my” names the one who asks', () => {
  expect([...planQuery('Where did I park my car?', { asker: 'Tom' }).names]).toEqual(['tom']);
  expect([...planQuery('Where is the car?', { asker: 'Tom' }).names]).toEqual([]);
});

test('words that frame a question weigh less than what it is about', () => {
  const { terms } = planQuery('What kind of boat?');
  expect(terms.get('kind')).toBeLessThan(terms.get('boat') ?? 0);
});

test('a word brings its everyday concepts along, never itself', () => {
  const related = planQuery('Does Nadia have pets?').related.get('pet') ?? [];
  expect(related).toEqual(expect.arrayContaining(['dog', 'puppi', 'cat']));
  expect(related).not.toContain('pet');
});

test('a question of function words alone has no terms and seeds nothing', () => {
  const query = planQuery('What is it?');
  expect(query.terms.size).toBe(0);
  expect(seedTerms(query, stats({}))).toEqual([]);
});

test('seeds ask for the question’s own words first, rare ones before frequent ones, then for related words', () => {
  const terms = seedTerms(planQuery('Which pet likes fog?'), stats({ pet: 200, fog: 3, dog: 50 }));
  expect(terms.slice(0, 2).map(({ lexeme }) => lexeme)).toEqual(['fog', 'like']);
  expect(terms.findIndex(({ lexeme }) => lexeme === 'pet')).toBeLessThan(terms.findIndex(({ lexeme }) => lexeme === 'dog'));
  expect(terms.find(({ lexeme }) => lexeme === 'dog')?.weight).toBeLessThan(terms.find(({ lexeme }) => lexeme === 'pet')?.weight ?? 0);
});

test('seeds stay within their limits, except that two words are always asked for', () => {
  const frequent = stats({ boat: 900_000, harbor: 800_000, captain: 5 }, 1_000_000);
  const chosen = seedTerms(planQuery('boat harbor captain'), frequent).map(({ lexeme }) => lexeme);
  expect(chosen.slice(0, 2)).toEqual(['captain', 'harbor']);
  expect(chosen).not.toContain('boat');
  const many = planQuery(Array.from({ length: 500 }, (_, index) => `word${index}`).join(' '));
  expect(seedTerms(many, stats({}))).toHaveLength(SEED_LIMITS.maxTerms);
});

test('words too frequent to lead anywhere still count where others lead', () => {
  const frequent = stats({ boat: 900_000, harbor: 800_000, captain: 5 }, 1_000_000);
  const query = planQuery('boat harbor captain');
  const terms = seedTerms(query, frequent, { ...SEED_LIMITS, always: 0 });
  expect(terms.map(({ lexeme }) => lexeme)).toContain('captain');
  expect(commonTerms(query, frequent, terms).map(({ lexeme }) => lexeme)).toEqual(['harbor', 'boat']);
  expect(commonTerms(query, frequent, seedTerms(query, frequent, { ...SEED_LIMITS, maxPostings: Infinity }))).toEqual([]);
});
