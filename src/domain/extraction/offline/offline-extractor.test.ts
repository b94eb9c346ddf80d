import type { Candidate, Extraction, ExtractionRequest, SourceTurn } from '../extractor';
import { createOfflineExtractor } from './offline-extractor';

const managed = ['preferences', 'personal_facts', 'relationships', 'plans_and_events', 'key_decisions', 'instructions'].map(name => ({ name, description: '' }));
/** A Wednesday. */
const said = new Date('2024-05-15T10:00:00Z');

const turn = (speaker: string, text: string, more: Partial<SourceTurn> = {}): SourceTurn =>
  ({ eventId: `${speaker}:${text}`, seq: 0, author: speaker === 'The assistant' ? 'agent' : 'user', speaker, text, occurredAt: said, ...more });

const extract = (turns: readonly SourceTurn[], more: Partial<ExtractionRequest> = {}): Promise<Extraction> =>
  createOfflineExtractor().extract({ turns, topics: managed, examples: [], instructions: '', signal: new AbortController().signal, ...more });

/** Ana and Ben talk; the facts of Ana's turn. */
async function fromAna(text: string, before = 'Hello there.'): Promise<readonly string[]> {
  const { candidates } = await extract([turn('Ben', before), turn('Ana', text)]);
  return candidates.filter(each => each.eventIds.includes(`Ana:${text}`)).map(each => each.fact);
}
async function fromUser(text: string): Promise<readonly Candidate[]> {
  return (await extract([turn('The user', text), turn('The assistant', 'Noted.')])).candidates;
}
const reasonFor = async (text: string): Promise<string | undefined> => (await extract([turn('Ben', 'Hello there.'), turn('Ana', text)])).leftOut.find(each => each.eventId === `Ana:${text}`)?.reason;

describe('person', () => {
  it('speaks of the speaker by name, with the verb that goes with it', async () => {
    expect(await fromAna('I teach chemistry at the harbour school and coach the rowing team.')).toEqual(['Ana teaches chemistry at the harbour school and coaches a rowing team.']);
    expect(await fromAna("I'm allergic to hazelnuts and I don't eat shellfish.")).toEqual(['Ana is allergic to hazelnuts.', 'Ana does not eat shellfish.']);
    expect(await fromAna("I've collected vinyl records since 2009.")).toEqual(['Ana has collected vinyl records since 2009.']);
  });

  it('puts names for “my”, “me” and “you” and keeps third persons', async () => {
    expect(await fromAna('My sister Ruth repairs clocks.')).toEqual(["Ana's sister Ruth repairs clocks."]);
    expect(await fromAna('My brother taught me archery.')).toEqual(["Ana's brother taught Ana archery."]);
    expect(await fromAna("I'll lend you the green tent for the trip to Wales.")).toEqual(['Ana will lend Ben the green tent for the trip to Wales.']);
  });

  it('keeps negation, hedges and wishes as they were said', async () => {
    expect(await fromAna('I might apply for the museum job in Lisbon.')).toEqual(['Ana might apply for the museum job in Lisbon.']);
    expect(await fromAna("I've never tried scuba diving.")).toEqual(['Ana has never tried scuba diving.']);
    expect(await fromAna('Hopefully, I can visit the Azores with Ruth.')).toEqual(['Ana hopes Ana can visit the Azores with Ruth.']);
  });

  it('supplies the subject that chat leaves out', async () => {
    expect(await fromAna('Went to the pottery market with Ruth.')).toEqual(['Ana went to the pottery market with Ruth.']);
    expect(await fromAna('Gonna repaint the kitchen cupboards.')).toEqual(['Ana is going to repaint the kitchen cupboards.']);
  });

  it('names those who were with the speaker in “we”, or says “and others”', async () => {
    expect(await fromAna('I took my nieces to the zoo. We fed the penguins and watched the seals.')).toContain('Ana and others fed the penguins and watched the seals.');
    expect(await fromAna('I went sailing with my husband. We crossed the bay at sunrise.')).toContain('Ana and their husband crossed the bay at sunrise.');
  });

  it('leaves “you” out when it has no single addressee', async () => {
    const { candidates } = await extract([turn('Ana', 'I will lend you the green tent.'), turn('Ben', 'Fine.'), turn('Cleo', 'Fine.')]);
    expect(candidates).toEqual([]);
  });
});

describe('dates', () => {
  const dated = async (text: string): Promise<readonly [string | undefined, string | undefined, string | undefined]> => {
    const { candidates } = await extract([turn('Ana', text)]);
    return [candidates[0]?.fact, candidates[0]?.validFrom?.toISOString(), candidates[0]?.validTo?.toISOString()];
  };

  it('resolves days against the time of the event', async () => {
    expect(await dated('I planted twelve apple trees yesterday.')).toEqual(['Ana planted twelve apple trees on 14 May 2024.', '2024-05-14T00:00:00.000Z', '2024-05-14T23:59:59.999Z']);
    expect((await dated('I met the landlord last Friday.'))[0]).toBe('Ana met the landlord on 10 May 2024.');
    expect((await dated('I am meeting the landlord next Friday.'))[0]).toBe('Ana is meeting the landlord on 17 May 2024.');
    expect((await dated('I ran the hill race on the 3rd.'))[0]).toBe('Ana ran the hill race on 3 May 2024.');
    expect((await dated('I ran the hill race on March 9th.'))[0]).toBe('Ana ran the hill race on 9 March 2024.');
  });

  it('keeps the granularity that was said', async () => {
    expect((await dated('I planted apple trees last week.'))[0]).toBe('Ana planted apple trees in the week before 15 May 2024.');
    expect(await dated('I planted apple trees last year.')).toEqual(['Ana planted apple trees in 2023.', '2023-01-01T00:00:00.000Z', '2023-12-31T23:59:59.999Z']);
    expect((await dated('I will start pilot training next month.'))[0]).toBe('Ana will start pilot training in June 2024.');
    expect((await dated('I planted apple trees two years ago.'))[0]).toBe('Ana planted apple trees in 2022.');
    expect((await dated('I planted apple trees a few weeks ago.'))[0]).toBe('Ana planted apple trees a few weeks before 15 May 2024.');
    expect((await dated('I visited the old lighthouse last weekend.'))[0]).toBe('Ana visited the old lighthouse on the weekend of 11 May 2024.');
  });

  it('says as of when a present state holds', async () => {
    expect((await dated('I am currently reading a biography of Darwin.'))[0]).toBe('Ana is currently reading a biography of Darwin (as of 15 May 2024).');
  });

  it('reads two dates of one sentence without mixing them up', async () => {
    const [fact, from] = await dated('I bought the kayak last month and sold the bicycle yesterday.');
    expect(fact).toBe('Ana bought the kayak in April 2024 and sold the bicycle on 14 May 2024.');
    expect(from).toBeUndefined();
  });
});

describe('what stays out', () => {
  it.each([
    ['What time does the ferry leave?', 'question'],
    ['Thanks so much for the lovely card!', 'thanks'],
    ['Wow, that is amazing!', 'reaction'],
    ['You are such a talented sculptor!', 'about the other person'],
    ['Take care and talk soon!', 'small talk'],
    ['It arrived with the old parcel service.', 'unclear reference'],
  ])('“%s” gives no fact and says why', async (text, reason) => {
    expect(await fromAna(text)).toEqual([]);
    expect(await reasonFor(text)).toMatch(reason === 'thanks' ? /thanks|small talk/ : new RegExp(reason));
  });

  it('never reads tool output, system text or what an assistant says of itself', async () => {
    const { candidates, leftOut } = await extract([
      turn('tool', 'I live in Atlantis.', { author: 'tool', eventId: 't' }), turn('system', 'I work for Umbrella.', { author: 'system', eventId: 's' }),
      turn('The user', 'Plan my week.', { eventId: 'u' }), turn('The assistant', 'I love planning weeks in Paris and I would suggest a trip.', { eventId: 'a' }),
    ]);
    expect(candidates).toEqual([]);
    expect(leftOut.map(each => each.eventId)).toEqual(['t', 's', 'u', 'a']);
  });

  it('keeps what an assistant states about the user', async () => {
    const { candidates } = await extract([turn('The user', 'Hello.'), turn('The assistant', 'You decided to cancel the gym contract in Porto.')]);
    expect(candidates.map(each => each.fact)).toEqual(['The user decided to cancel the gym contract in Porto.']);
    expect(candidates[0]?.topics).toContain('key_decisions');
  });

  it('does not present a caption as speech', async () => {
    expect(await fromAna('This is my canoe! [shares a photo: a photo of a red canoe on a lake]')).toEqual(["Ana shared a photo of Ana's canoe (a red canoe on a lake), on 15 May 2024."]);
    expect(await fromAna('I bought a canoe from Ruth. [shares a photo: a photo of a dog]')).toEqual(['Ana bought a canoe from Ruth.']);
  });
});

describe('references', () => {
  it('keeps a sentence that begins with “it” together with the one it leans on', async () => {
    expect(await fromAna('I finished "The Glass Orchard". It follows three beekeepers through a drought.')).toEqual(['Ana finished "The Glass Orchard"; it follows three beekeepers through a drought.']);
  });

  it('cuts a tail that nothing explains', async () => {
    expect(await fromAna('I repaired the garden fence because they complained.')).toEqual(['Ana repaired the garden fence.']);
  });

  it('drops a condition with an unclear word rather than changing the meaning', async () => {
    expect(await fromAna('If they agree, I will sell the red barn.')).toEqual([]);
  });

  it('does not attach “they” to a sentence without any', async () => {
    expect(await fromAna('I pitched the radio play in Cardiff. They ordered twelve episodes with a full cast.')).toEqual(['Ana pitched the radio play in Cardiff.']);
  });

  it('does not mistake a word for the short form of a name', async () => {
    const { candidates } = await extract([turn('Nate', 'Hello there.'), turn('Ana', 'I enjoy sketching birds and studying nature.')]);
    expect(candidates.map(each => each.fact)).toEqual(['Ana enjoys sketching birds and studying nature.']);
  });

  it('gives a short answer the words of its question', async () => {
    expect(await fromAna('The Glass Orchard!', 'What is your favorite novel?')).toEqual(["Ana's favorite novel is the Glass Orchard."]);
    expect(await fromAna('Eleven years!', 'How long have you kept bees?')).toEqual(['Ana has kept bees for eleven years (as of 15 May 2024).']);
    expect(await fromAna('They are called Pip and Dot.', 'What are your parrots called? How old are your parrots?')).toEqual(["Ana's parrots are called Pip and Dot."]);
  });
});

describe('keys', () => {
  const key = async (text: string): Promise<string> => {
    const [found] = await fromUser(text);
    return `${found?.subject ?? '-'} ${found?.attribute ?? '-'} = ${found?.value ?? '-'}${found?.exclusive === true ? ' (one)' : ''}`;
  };

  it.each([
    ['I live in Portland.', 'the user home_city = portland (one)'],
    ['I moved to Seattle last month.', 'the user home_city = seattle (one)'],
    ["I'm vegan now.", 'the user diet = vegan (one)'],
    ['I no longer eat meat.', 'the user diet = no meat (one)'],
    ['My name is Ludo.', 'the user name = ludo (one)'],
    ['I work at Globex as an analyst.', 'the user employer = globex (one)'],
    ['I love hiking.', 'the user likes = hiking'],
    ["I don't like olives anymore.", 'the user dislikes = olives'],
    ['My favorite color is teal.', 'the user favorite_color = teal (one)'],
    ['I have a dog.', 'the user has_pet = dog'],
    ['I am allergic to peanuts.', 'the user allergy = peanuts'],
    ['My timezone is Europe/Berlin.', 'the user timezone = europe/berlin (one)'],
  ])('“%s” reduces to %s', async (text, expected) => {
    expect(await key(text)).toBe(expected);
  });

  it('splits two statements so that each gets its key', async () => {
    const found = await fromUser('I used to live in Paris but now I live in Lyon.');
    expect(found.map(each => [each.fact, each.value])).toEqual([['The user used to live in Paris.', null], ['The user lives in Lyon (as of 15 May 2024).', 'lyon']]);
  });

  it.each([
    ['Where do you live?', 'In Porto.', 'home_city', 'porto'],
    ['How old are you?', "I'm 41.", 'age', '41'],
    ["What's your name?", 'Ada Lovelace', 'name', 'ada lovelace'],
  ])('“%s” – “%s” gives %s = %s', async (question, answer, attribute, value) => {
    const { candidates } = await extract([turn('The assistant', question), turn('The user', answer)]);
    expect(candidates.map(each => [each.attribute, each.value])).toEqual([[attribute, value]]);
  });

  it('keeps no secret', async () => {
    const { candidates, leftOut } = await extract([turn('The user', 'My wifi password is swordfish99.')]);
    expect([candidates, leftOut[0]?.reason]).toEqual([[], 'secret']);
  });

  it('a change of mind has the same subject and attribute', async () => {
    const { candidates } = await extract([turn('The user', 'My favorite tea is sencha.'), turn('The user', 'My favorite tea is now oolong.', { eventId: 'later' })]);
    expect(candidates.map(each => [each.subject, each.attribute, each.value])).toEqual([['the user', 'favorite_tea', 'sencha'], ['the user', 'favorite_tea', 'oolong']]);
  });

  it('what began stays open at its end', async () => {
    const [found] = await fromUser('I moved to Seattle last month.');
    expect([found?.validFrom?.toISOString(), found?.validTo]).toEqual(['2024-04-01T00:00:00.000Z', null]);
  });
});

describe('instructions and topics', () => {
  it('keeps standing orders and what it was asked to remember, not one-off requests', async () => {
    expect((await fromUser('From now on answer in French.')).map(each => [each.fact, each.topics])).toEqual([['The user wants the assistant to answer in French from now on.', ['instructions']]]);
    expect((await fromUser('Never use emojis.')).map(each => each.fact)).toEqual(['The user wants the assistant to never use emojis.']);
    expect((await fromUser('Please remember that my daughter is allergic to peanuts.')).map(each => each.fact)).toEqual(["The user's daughter is allergic to peanuts."]);
    expect((await fromUser("Let's go with PostgreSQL.")).map(each => [each.fact, each.topics[0]])).toEqual([['The user decided to go with PostgreSQL.', 'key_decisions']]);
    expect(await fromUser('Write me a poem about autumn leaves.')).toEqual([]);
  });

  it('gives only enabled topics and says so when none fits', async () => {
    const { candidates, leftOut } = await extract([turn('Ana', 'I live in Portland.')], { topics: [{ name: 'instructions', description: '' }] });
    expect(candidates).toEqual([]);
    expect(leftOut[0]?.reason).toBe('no enabled topic fits');
  });

  it('takes a custom topic whose words the fact shares', async () => {
    const { candidates } = await extract([turn('Ana', 'My knee surgery left a scar.'), turn('Ana', 'I play the cello in a quartet.', { eventId: 'b' })], {
      topics: [{ name: 'health', description: 'Surgeries, scars, medication and diagnoses' }],
    });
    expect(candidates.map(each => [each.fact, each.topics])).toEqual([["Ana's knee surgery left a scar.", ['health']]]);
  });
});

describe('other languages', () => {
  it.each([
    ['Hola, me llamo Lucía y vivo en Sevilla.', ["Ana's name is Lucía.", 'Ana lives in Sevilla.']],
    ['Ich wohne in Graz und das ist nicht so schlecht.', ['Ana lives in Graz.']],
    ["J'habite à Nantes et je ne suis pas seul.", ['Ana lives in Nantes.']],
    ['私は抹茶が好きです。', ['Ana likes 抹茶.']],
    ['No vivo en Madrid, vivo en Bilbao.', ['Ana lives in Bilbao.']],
  ])('reads the plain statement in “%s”', async (text, facts) => {
    expect(await fromAna(text)).toEqual(facts);
  });

  it('leaves the rest out instead of mangling it', async () => {
    expect(await fromAna('Gestern war ich mit dem Hund im Wald und es war sehr schön.')).toEqual([]);
    expect(await reasonFor('Gestern war ich mit dem Hund im Wald und es war sehr schön.')).toBe('language not covered');
  });
});
