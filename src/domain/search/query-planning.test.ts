import { planQuery } from './query-planning';
import { lexicalArm } from './lexical-arm';
import { SEED_LIMITS, seedTerms } from './seed-terms';

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

describe('words too frequent to look at every row that has one', () => {
  const query = planQuery('boat harbor captain');
  const armOf = (frequencies: Record<string, number>, share = 1) => lexicalArm(query, stats(frequencies, 1_000_000), { ...SEED_LIMITS, always: 0 }, share);

  test('count where others lead', () => {
    const { terms, common, together } = armOf({ boat: 900_000, harbor: 800_000, captain: 25 });
    expect(terms.map(({ lexeme }) => lexeme)).toContain('captain');
    expect(common.map(({ lexeme }) => lexeme)).toEqual(['harbor', 'boat']);
    expect(together).toEqual([]);
  });

  test('lead as well where rarer ones lead to next to nothing, or are unheard of', () => {
    for (const captain of [0, 5]) expect(armOf({ boat: 900_000, harbor: 800_000, captain }).together).toEqual([['harbor', 'boat']]);
  });

  test('lead together where nothing else does, and alone or by two when they are not too frequent for that in the pools', () => {
    const related = Object.fromEntries([...query.related.values()].flat().map((word) => [word, 900_000]));
    const frequent = { ...related, boat: 900_000, harbor: 800_000, captain: 40_000 };
    expect(armOf(frequent)).toMatchObject({ terms: [], together: [['captain', 'harbor', 'boat']] });
    expect(armOf(frequent, 0.1).together).toEqual([['captain', 'harbor', 'boat'], ['captain', 'harbor'], ['captain']]);
  });

  test('are none when every word may lead', () => {
    expect(lexicalArm(query, stats({ boat: 900_000 }, 1_000_000), { ...SEED_LIMITS, maxPostings: Infinity }, 1)).toMatchObject({ common: [], together: [] });
  });
});
