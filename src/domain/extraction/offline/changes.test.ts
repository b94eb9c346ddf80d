import type { Candidate, SourceTurn } from '../extractor';
import { createOfflineExtractor } from './offline-extractor';

const topics = ['preferences', 'personal_facts', 'relationships', 'plans_and_events', 'key_decisions', 'instructions'].map(name => ({ name, description: '' }));
/** A Wednesday. */
const said = new Date('2024-05-15T10:00:00Z');
const turn = (speaker: string, text: string): SourceTurn =>
  ({ eventId: `${speaker}:${text}`, seq: 0, author: speaker === 'The assistant' ? 'agent' : 'user', speaker, text, occurredAt: said });

async function from(turns: readonly SourceTurn[]): Promise<readonly Candidate[]> {
  const { candidates } = await createOfflineExtractor().extract({ turns, topics, examples: [], instructions: '', signal: new AbortController().signal });
  return candidates;
}
const fromUser = (text: string): Promise<readonly Candidate[]> => from([turn('The user', text), turn('The assistant', 'Noted.')]);
async function fromAna(text: string, before = 'Hello there.'): Promise<readonly string[]> {
  return (await from([turn('Ben', before), turn('Ana', text)])).filter(each => each.eventIds.includes(`Ana:${text}`)).map(each => each.fact);
}

describe('keys of changes', () => {
  const key = async (text: string): Promise<string> => {
    const [found] = await fromUser(text);
    return `${found?.attribute ?? '-'} = ${found?.value ?? '-'}${found?.exclusive === true ? ' (one)' : ''}`;
  };

  it.each([
    ["I'm renting a small flat in Ghent from the second of August.", 'home_city = ghent (one)'],
    ['I live in a green house in Ghent.', 'home_city = ghent (one)'],
    ['I live with my brother in Ghent.', 'home_city = ghent (one)'],
    ["I don't live in Porto anymore.", 'no_longer_home_city = porto'],
    ['I gave notice on the flat in Porto.', 'no_longer_home_city = porto'],
    ['I moved out of my apartment in Porto.', 'no_longer_home_city = porto'],
    ['I no longer work at Globex.', 'no_longer_employer = globex'],
    ['I quit my job at Globex.', 'no_longer_employer = globex'],
    ['I start at a primary school in Lund on the ninth of September.', 'employer = primary school (one)'],
    ['I left Globex in March and joined Initech as a designer.', 'employer = initech (one)'],
    ['I eat fish again.', 'diet = eats fish (one)'],
    ["I'm not vegan any more.", 'no_longer_diet = vegan'],
    ["I don't eat eggs any more.", 'not_eats = eggs'],
    ["I don't drink coffee any more.", 'not_drinks = coffee'],
    ['We got a cat called Olive.', 'has_pet = cat olive'],
    ['I booked Iceland for November.', 'booking = iceland'],
    ['I rebooked the flights to Iceland.', 'booking = iceland'],
    ['I cancelled Iceland.', 'no_longer_booking = iceland'],
    ['I have a dentist appointment on Monday.', 'dentist_appointment_date = 20 may 2024'],
    ['The dentist appointment is on Tuesday the 21st, not Monday.', 'dentist_appointment_date = 21 may 2024 (one)'],
    ['The interview is now on Monday the 27th.', 'interview_date = 27 may 2024 (one)'],
    ['Eight years of driving trams for the same transit company, and now this.', 'employer = transit company (one)'],
    ['Four years in Graz and I have become a mountain person.', 'home_city = graz (one)'],
    ['I sold my car.', 'no_longer_owns = car'],
  ])('“%s” reduces to %s', async (text, expected) => {
    expect(await key(text)).toBe(expected);
  });

  it('a stay of some weeks is no home', async () => {
    expect(await key("I'm renting a cottage in Wales for two weeks.")).not.toContain('home_city');
  });

  it('gives a new home and a new job the day they begin', async () => {
    const [home] = await fromUser("From the second of August I'm renting two rooms in Turin.");
    expect([home?.fact, home?.validFrom?.toISOString().slice(0, 10), home?.validTo]).toEqual(['From 2 August 2024 the user is renting two rooms in Turin.', '2024-08-02', null]);
    const [left, started] = await fromUser('I handed in my notice on the fifth and on the ninth of September I start at a primary school in Lund.');
    expect([left?.fact, started?.fact, started?.attribute, started?.validFrom?.toISOString().slice(0, 10)])
      .toEqual(['The user handed in their notice on 5 May 2024.', 'The user starts at a primary school in Lund on 9 September 2024.', 'employer', '2024-09-09']);
  });

  it('keeps a name apart from the clause after it', async () => {
    expect((await fromUser('My name is Marek and I live in a small flat in Gdansk.')).map(each => [each.attribute, each.value])).toEqual([['name', 'marek'], ['home_city', 'gdansk']]);
  });

  it('names the trip that “the flights” belong to', async () => {
    expect(await fromAna('I cancelled the flights yesterday.', 'Is the Iceland trip still on?')).toEqual(['Ana cancelled the flights to Iceland on 14 May 2024.']);
  });
});

describe('days as people write them', () => {
  it.each([
    ['I have a recital on Friday, 28 June in the town hall.', 'Ana has a recital on 28 June 2024 in the town hall.'],
    ['I signed the lease on the first of May.', 'Ana signed the lease on 1 May 2024.'],
    ['My train to Graz leaves on Sunday the ninth.', "Ana's train to Graz leaves on 9 June 2024."],
    ['I donated paint to the school I coach at yesterday.', 'Ana donated paint to the school Ana coaches at on 14 May 2024.'],
    ['I painted the fence two Sundays ago.', 'Ana painted the fence on 5 May 2024.'],
    ['I moved to Graz almost four weeks ago.', 'Ana moved to Graz around 17 April 2024.'],
    ["The lease of my studio ends on New Year's Eve.", "The lease of Ana's studio ends on New Year's Eve 2024."],
    ['I have kept bees in Graz since October.', 'Ana has kept bees in Graz since October 2023.'],
  ])('“%s” gives “%s”', async (text, fact) => {
    expect(await fromAna(text)).toEqual([fact]);
  });

  it('reads a stretch of days as one time', async () => {
    const [found] = await fromUser('I will be hiking in Norway from the third to the ninth of July.');
    expect([found?.fact, found?.validFrom?.toISOString().slice(0, 10), found?.validTo?.toISOString().slice(0, 10)])
      .toEqual(['The user will be hiking in Norway from 3 July 2024 to 9 July 2024.', '2024-07-03', '2024-07-09']);
  });

  it('looks back or ahead clause by clause', async () => {
    expect(await fromAna('I got a place at the Lund academy, starting on the first of July.')).toEqual(['Ana got a place at the Lund academy, starting on 1 July 2024.']);
    expect(await fromAna('I promised the choir a song and the hall opens in April.')).toEqual(['Ana promised the choir a song and the hall opens in April 2025.']);
  });
});

describe('wording', () => {
  it('takes a request that is joined to a statement as a sentence of its own', async () => {
    expect((await fromUser('I moved to Ghent last week, and please always answer in short sentences.')).map(({ fact }) => fact).sort()).toEqual([
      'The user moved to Ghent in the week before 15 May 2024.',
      'The user wants the assistant to always answer in short sentences.',
    ]);
  });

  it('leaves names their capital', async () => {
    expect(await fromAna('Pretzel climbed onto the roof of the garden shed yesterday.')).toEqual(['According to Ana, Pretzel climbed onto the roof of the garden shed on 14 May 2024.']);
  });

  it('reads a span of time as a stay, not as a companion', async () => {
    expect(await fromAna('Three years in Graz and I have become the pancake expert.')).toEqual(['Ana has been in Graz for three years and Ana has become the pancake expert (as of 15 May 2024).']);
  });

  it('lends what is given to the other one an article', async () => {
    expect(await fromAna('I will make you my onion soup for the picnic in Lund.')).toEqual(['Ana will make Ben an onion soup for the picnic in Lund.']);
  });

  it('does not take the person spoken to for the subject', async () => {
    expect(await fromAna("Hi Ben, since we last spoke, I'm repairing clocks in Lund.")).toEqual(['Ana is repairing clocks in Lund (as of 15 May 2024).']);
  });

  it('reads a possessive before a long subject', async () => {
    expect(await fromAna("Bilbo's calm, patient manner is what taught me.")).toEqual(["Bilbo's calm, patient manner is what taught Ana."]);
  });

  it('leaves a verb bare after hearing or seeing', async () => {
    expect(await fromAna('I loved hearing you practise the cello in Lund.')).toEqual(['Ana loved hearing Ben practise the cello in Lund.']);
    expect(await fromAna('I wish I had met you back then in Lund.')).toEqual(['Ana wishes Ana had met Ben back then in Lund.']);
  });

  it('states what a frame presents', async () => {
    expect(await fromAna("And you remember that I'm allergic to walnuts?")).toEqual(['Ana is allergic to walnuts.']);
    expect(await fromAna('Tell her that I learned archery in Lund at nine.')).toEqual(['Ana learned archery in Lund at nine.']);
    expect(await fromAna("Small correction about the recital: it's on Saturday, 29 June, not Friday.")).toEqual(["Ana's recital is on 29 June 2024, not Friday."]);
    expect(await fromAna('One warning: no celery, ever.')).toEqual(['Ana never wants celery.']);
  });

  it('keeps a lasting request between two people', async () => {
    expect(await fromAna("Please don't call me before ten in the morning.")).toEqual(['Ana asked Ben not to call Ana before ten in the morning.']);
  });

  it('gives an answer about time the words of its question', async () => {
    expect(await fromAna('In the middle of June.', 'When do you hear back from the academy?')).toEqual(['Ana hears back from the academy in the middle of June 2024.']);
  });

  it('does not take an answer about someone else for the speaker', async () => {
    expect(await fromAna('Good, buried in drawings.', 'How is Ruth?')).toEqual([]);
  });

  it.each([
    "Now that I don't eat cheese, I mostly sigh.", 'No walnuts, or you will drive me to the clinic again.', 'Saturday is better anyway, I will sleep in.',
    'I have to run, the cat is on the stove.', 'Pretzel would eat the cake, the box and the baker.', "I'll keep fighting for my garden.",
    'It takes me to a harbour full of ghosts and lanterns.', 'I have been collecting bolts and paint for it.',
    'Whenever I smell this soap, I think of Lisbon.', 'I am off to cook dumplings with Ruth.',
    'I felt so small and clumsy.', 'I love how chess sharpens your memory.', 'I brought that lantern with other sailors.', 'My favorite is the walnut cake.',
    "I'm learning to choose the ripe ones.", 'I like clay, so I ordered a few.', 'There are too many, but the steepest was the lake path.',
    'Losing was a cold shower and taught me chess.',
    'We got a huge response.', 'The nicest thing was the soup.', 'I adore the silence and warmth it gives.',
  ])('“%s” gives no fact', async text => {
    expect(await fromAna(text)).toEqual([]);
  });
});
