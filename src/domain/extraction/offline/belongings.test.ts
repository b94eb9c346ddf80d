import { createOfflineExtractor } from './offline-extractor';

const topics = ['preferences', 'personal_facts', 'relationships', 'plans_and_events', 'key_decisions', 'instructions'].map(name => ({ name, description: '' }));

/** A talk between Ana and Ben, “Ana: …” a line; the facts of its last turn. */
async function lastOf(...lines: readonly string[]): Promise<readonly string[]> {
  const turns = lines.map((line, seq) => ({
    eventId: String(seq), seq, author: 'user' as const, speaker: line.slice(0, line.indexOf(':')), text: line.slice(line.indexOf(':') + 2), occurredAt: new Date('2024-05-15T10:00:00Z'),
  }));
  const { candidates } = await createOfflineExtractor().extract({ turns, topics, examples: [], instructions: '', signal: new AbortController().signal });
  return candidates.filter(each => each.eventIds.includes(String(lines.length - 1))).map(each => each.fact);
}

describe('whose it is', () => {
  it('is known from an earlier turn of either of the two', async () => {
    expect(await lastOf('Ana: My pottery studio has two kilns.', 'Ben: Nice glaze!', 'Ana: I painted the walls of the studio green.')).toEqual(["Ana painted the walls of Ana's pottery studio green."]);
    expect(await lastOf('Ben: How did your bakery survive the flood?', 'Ana: I repaired the bakery with bricks from Leeds.')).toEqual(["Ana repaired Ana's bakery with bricks from Leeds."]);
    expect(await lastOf("Ben: How's the bakery?", 'Ana: The bakery is short of flour and eggs, but I bake at night.')).toEqual(["Ana's bakery is short of flour and eggs, but Ana bakes at night."]);
  });

  it.each([
    ['I sailed to Wales with the wife and a parrot.', "Ana sailed to Wales with Ana's wife and a parrot."],
    ['I am the goalkeeper for the team, and I play the trumpet.', "Ana is the goalkeeper for Ana's team, and Ana plays the trumpet."],
    ['I took the kids to Wales by ferry.', "Ana took Ana's kids to Wales by ferry."],
  ])('is clear from the way people speak: “%s”', async (text, fact) => {
    expect(await lastOf('Ben: Hello there.', `Ana: ${text}`)).toEqual([fact]);
  });

  it('stays with the one it is told of', async () => {
    expect(await lastOf('Ben: Hello there.', 'Ana: I painted the museum in Leeds and the library of the village.')).toEqual(['Ana painted the museum in Leeds and the library of the village.']);
  });
});

it('a taste is for the kind of thing', async () => {
  expect(await lastOf('Ben: Hello there.', 'Ana: It is hard to pick just one, but I really love the smoked cheeses.')).toEqual(['Ana really loves smoked cheeses.']);
  expect(await lastOf('Ben: Hello there.', 'Ana: I really love the smoked cheeses from Wales.')).toEqual(['Ana really loves the smoked cheeses from Wales.']);
});

describe('one of several in any town', () => {
  it('is “a shelter” when nobody says which, with the words it was brought in by', async () => {
    expect(await lastOf('Ben: Hello there.', 'Ana: I walk greyhounds for the shelter every Sunday.')).toEqual(['Ana walks greyhounds for a shelter every Sunday.']);
    expect(await lastOf('Ana: I found an animal shelter.', 'Ben: Good!', 'Ana: I walk greyhounds for the shelter every Sunday.')).toEqual(['Ana walks greyhounds for an animal shelter every Sunday.']);
  });

  it('is left out when its people, unnamed, are all that is said', async () => {
    expect(await lastOf('Ben: Hello there.', 'Ana: The volunteers are fond of my forty puppets.')).toEqual([]);
  });
});
