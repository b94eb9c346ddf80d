import { createOfflineExtractor } from './offline-extractor';

const topics = ['preferences', 'personal_facts', 'relationships', 'plans_and_events', 'key_decisions', 'instructions'].map(name => ({ name, description: '' }));
const said = new Date('2024-05-15T10:00:00Z');

/** Ben speaks, then Ana; the facts of Ana's turn. */
async function fromAna(text: string, before = 'Hello there.', ana = 'Ana', ben = 'Ben'): Promise<readonly string[]> {
  const turns = [[ben, before], [ana, text]].map(([speaker = '', words = ''], seq) =>
    ({ eventId: String(seq), seq, author: 'user' as const, speaker, text: words, occurredAt: said }));
  const { candidates } = await createOfflineExtractor().extract({ turns, topics, examples: [], instructions: '', signal: new AbortController().signal });
  return candidates.filter(each => each.eventIds.includes('1')).map(each => each.fact);
}

describe('a noun with “the”', () => {
  it('takes the words of the sentence before when that names it', async () => {
    expect(await fromAna('I entered the chess tournament with Ruth. I sold forty jars of honey at the tournament.'))
      .toEqual(['Ana entered the chess tournament with Ruth.', 'Ana sold forty jars of honey at the chess tournament.']);
  });

  it.each([
    'I shared my sketches with the magazine.', 'I took the idea from a gardening club in Leeds.', 'The bakery club is on thin ice, but I stay calm.',
  ])('“%s” is dropped: nothing says which', async text => {
    expect(await fromAna(text)).toEqual([]);
  });

  it.each([
    ['I sold forty jars of honey at the tournament.', 'Ana sold forty jars of honey at a tournament.'],
    ['I sold forty jars of honey at the international tournament.', 'Ana sold forty jars of honey at an international tournament.'],
    ['We found generous sponsors for the event.', 'Ana and others found generous sponsors for an event.'],
    ['I planted tulips with the neighbours at the shelter.', 'Ana planted tulips with the neighbours at a shelter.'],
    ['The rowing club has taught me patience and knots.', 'A rowing club has taught Ana patience and knots.'],
    ['I spent a day on the river with the gang in May 2024.', 'Ana spent a day on the river with some friends in May 2024.'],
    ['We went sailing with the kids in Norway.', 'Ana and others went sailing with their kids in Norway.'],
  ])('“%s” says no more than who was not there can know', async (text, fact) => {
    expect(await fromAna(text)).toEqual([fact]);
  });

  it('is the speaker’s own where the conversation says so', async () => {
    expect(await fromAna('My bakery team is small. I bought ovens for the team in Lyon.')).toContain("Ana bought ovens for Ana's team in Lyon.");
  });

  it.each([
    ['I sold forty jars at the tournament in Leeds.', 'Ana sold forty jars at a tournament in Leeds.'],
    ['I repaired the film projector of the village hall.', 'Ana repaired the film projector of the village hall.'],
    ['I finished the novel Ruth wrote about Iceland.', 'Ana finished the novel Ruth wrote about Iceland.'],
    ['I joined a pottery class and paid the class in honey.', 'Ana joined a pottery class and paid the class in honey.'],
  ])('“%s” tells which one', async (text, fact) => {
    expect(await fromAna(text)).toEqual([fact]);
  });

  it('keeps the clause that stands alone when the next one leans on talk', async () => {
    expect(await fromAna('I am lactose intolerant, so I will just need the milk-free recipe.')).toEqual(['Ana is lactose intolerant (as of 15 May 2024).']);
  });

  it('stays in what someone tells an assistant about things at hand', async () => {
    expect(await fromAna('I moved the meeting to Friday.', 'Anything else?', 'The user', 'The assistant')).toHaveLength(1);
  });
});

describe('what leans on the talk before', () => {
  it.each([
    ['I am sending everyone a jar of honey just for coming.', ['Ana is sending everyone a jar of honey (as of 15 May 2024).']],
    ['I baked a lemon cake with Ruth to celebrate.', ['Ana baked a lemon cake with Ruth.']],
    ['I am open to trying other brands from Norway.', ['Ana is open to trying brands from Norway.']],
    ['Nothing was left of the harvest.', []],
    ['As soon as I start, my worries about money vanish.', []],
    ['I am exploring options.', []],
    ['I am always staying filled with courage.', []],
    ['We have put our hearts into our dreams.', []],
  ])('“%s”', async (text, facts) => {
    expect(await fromAna(text)).toEqual(facts);
  });

  it('a thing in a photo is told with what the photo shows', async () => {
    expect(await fromAna('This kettle is not for sale, it is from my own workshop. [shares a photo: a copper kettle on a stove]'))
      .toEqual(["The kettle in a photo that Ana shared (a copper kettle on a stove) is not for sale, it is from Ana's own workshop."]);
  });
});

describe('“their”', () => {
  it.each([
    ['I joined a botany forum and posted about my favourite ferns.', "Ana joined a botany forum and posted about Ana's favourite ferns."],
    ['I hike in Wales and think about my career too when the fog lifts.', "Ana hikes in Wales and thinks about Ana's career too when the fog lifts."],
    ['I sold my canoe to Ruth.', 'Ana sold their canoe to Ruth.'],
    ['I have always respected our military and its doctors.', 'Ana has always respected the military and its doctors.'],
  ])('“%s” says whose', async (text, fact) => {
    expect(await fromAna(text)).toEqual([fact]);
  });
});

describe('words that end in the air', () => {
  it.each([
    ['Ruth supported me for years, but two cousins were not able to handle it.', ['Ruth supported Ana for years.']],
    ['Instead of selling, I turned it into a workshop.', []],
    ['I never joined the army, but I still hope so.', []],
    ['Ruth sells her canoe in June and you are welcome to.', []],
    ['Trying to get it fixed but it is tough and costs my savings.', []],
    ["I've got lots of atlases - railways, harbours, educational maps, all of that.", ['Ana has got lots of atlases - railways, harbours, educational maps.']],
    ['I adopted a rescue greyhound, made me see how much they need us.', ['Ana adopted a rescue greyhound.']],
  ])('“%s”', async (text, facts) => {
    expect(await fromAna(text)).toEqual(facts);
  });
});

describe('what stands inside a remark', () => {
  it.each([
    ["It feels like all the sweat has paid off now that I'm a head gardener.", 'Ana is a head gardener now (as of 15 May 2024).'],
    ['The toughest thing is that we had to say goodbye to Rufus.', 'Ana and others had to say goodbye to Rufus.'],
    ['Family is super important to me.', 'Family is super important to Ana.'],
  ])('“%s” gives the fact without the remark', async (text, fact) => {
    expect(await fromAna(text)).toEqual([fact]);
  });
});

describe('“we” said to the listener', () => {
  it('names both, and drops mutual cheering', async () => {
    expect(await fromAna('Yeah, Ben! We will open the bakery in June.')).toEqual(['Ana and Ben will open the bakery in June 2024.']);
    expect(await fromAna("Yeah, Ben! We'll rock the bakery and inspire everyone.")).toEqual([]);
  });

  it('names the listener in “after we talked”', async () => {
    expect(await fromAna('I bought a second-hand cello after we talked.')).toEqual(['Ana bought a second-hand cello after Ana and Ben talked.']);
  });

  it('drops what was talked over with nobody named', async () => {
    expect(await fromAna('We talked plots and maybe co-writing.')).toEqual([]);
  });
});

describe('courtesy, moods and half-told things', () => {
  it.each([
    'I am definitely keeping you posted.', 'I am always down to give knitting recommendations.', 'There are a couple of songs I really enjoy.',
    'Sometimes I am so relieved, but other times I feel anxious about what comes next.', 'I remember you mentioning the lighthouse keeper.',
    'We were roommates for four years in Leeds, so we cooked a lot.', 'I am looking forward to trying out different flavors and toppings.', 'I am keen to try your recipe.',
    'I even drove to Leeds and got a signed copy.', 'I got three offers from Leeds, but I have not decided yet.', 'Lots of people showed up and danced the polka.',
    'With my own grit and coffee from Leeds, I powered through.', 'I loved taking lessons with my cousins in June.', 'I can picture waking up to seagulls in Wales.',
    'I kept playing through my years in Leeds.', 'After my last run, I saw that Leeds needs trams.',
    'I have to check the size and the floor quality.',
    'I love to help, so just shoot me a question about sailing.',
  ])('“%s” is no fact', async text => {
    expect(await fromAna(text)).toEqual([]);
  });

  it('“just” after a question about the past means simply, not lately', async () => {
    expect(await fromAna('We just did a tango called "Night Train".', 'What dance did you perform in 2016?')).toEqual(['Ana and others did a tango called "Night Train".']);
    expect(await fromAna('I just adopted a greyhound from Leeds.')).toEqual(['Ana just adopted a greyhound from Leeds (as of 15 May 2024).']);
  });
});

describe('what is told by halves', () => {
  it.each([
    ['As soon as I begin, the parrots fall silent.', []],
    ['I am knitting forty scarves just for attending.', []],
    ['Nothing could be saved, but now I have a fireproof chest from Leeds.', ['Now Ana has a fireproof chest from Leeds (as of 15 May 2024).']],
    ['The mill in Leeds makes me proud and there is one that grinds rye.', ['The mill in Leeds makes Ana proud.']],
    ['I bought a lighthouse in Wales, and I wish I had met Ruth back then.', ['Ana bought a lighthouse in Wales.']],
    ['I wanted to hear the seagulls and smell the seaweed.', []],
    ['I moved to a lighthouse in Wales. I wanted to hear seagulls over the harbour.', ['Ana moved to a lighthouse in Wales; Ana wanted to hear seagulls over the harbour.']],
    ['I wanted to be an astronomer when I lived in Leeds.', ['Ana wanted to be an astronomer when Ana lived in Leeds.']],
  ])('“%s”', async (text, facts) => {
    expect(await fromAna(text)).toEqual(facts);
  });

  it.each([
    ['I also sell other cheeses from Wales.', 'Ana also sells cheeses from Wales.'],
    ['I met other people from Leeds at a festival in Wales.', 'Ana met other people from Leeds at a festival in Wales.'],
    ['I sell cheddar and other cheeses from Wales.', 'Ana sells cheddar and other cheeses from Wales.'],
  ])('“other” stands only beside the first ones: “%s”', async (text, fact) => {
    expect(await fromAna(text)).toEqual([fact]);
  });

  it.each([
    'I am always staying calm and grounded.', 'Rehearsals in Leeds drain me, but I am putting in my best effort.', "We've poured our hearts into our dreams.",
    'I am sorry about the parrot in Leeds.', 'My harbour trip went okay.', 'Standing in the cathedral makes me feel humble too.',
  ])('“%s” is a mood', async text => {
    expect(await fromAna(text)).toEqual([]);
  });
});

describe('photos', () => {
  it('a picture that a sentence points at is named as one that was shared', async () => {
    expect(await fromAna('This canoe is from my grandfather in Wales. [shares a photo: a photo of a red canoe]')).toEqual(["The canoe in a photo that Ana shared (a red canoe) is from Ana's grandfather in Wales."]);
  });

  const photo = async (words: string, caption: string): Promise<readonly string[]> => fromAna(`${words} [shares a photo: a photo of ${caption}]`);

  it.each([
    ["Here's a pic of my canoe trip to the Hebrides.", 'a red canoe on a lake', "Ana shared a photo of Ana's canoe trip to the Hebrides (a red canoe on a lake), on 15 May 2024."],
    ['I made this!', 'a blue vase with a lid', 'Ana shared a photo of a blue vase with a lid that Ana made, on 15 May 2024.'],
    ['This was our picnic in Leeds and it was fun.', 'people on a lawn', "Ana shared a photo of Ana's picnic in Leeds (people on a lawn), on 15 May 2024."],
    ['I took this pic last summer.', 'a lighthouse at dusk', 'Ana shared a photo of a lighthouse at dusk that Ana took in the summer before May 2024, on 15 May 2024.'],
    ['I made a painting too!', 'a painting of a harbour', 'Ana shared a photo of a painting of a harbour that Ana made, on 15 May 2024.'],
    ["Here's a peek at the greenhouse I designed.", 'ferns under glass', 'Ana shared a photo of the greenhouse Ana designed (ferns under glass), on 15 May 2024.'],
    ['This is Rufus!', 'a dog on a couch', 'Ana shared a photo of Rufus (a dog on a couch), on 15 May 2024.'],
  ])('“%s” says what the picture is about', async (words, caption, fact) => {
    expect(await photo(words, caption)).toEqual([fact]);
  });

  it('tells where one was taken that was shown before', async () => {
    expect(await fromAna('Thanks, Ben! I snapped that pic on my trip to Iceland last year.')).toEqual(["Ana snapped a photo on Ana's trip to Iceland in 2023."]);
  });

  it('is kept without words when it shows a pet, and dropped when it only decorates', async () => {
    expect(await photo('Look at him!', 'a cat asleep on a sofa')).toEqual(['Ana shared a photo of a cat asleep on a sofa on 15 May 2024.']);
    expect(await photo('Look at this!', 'a red canoe on a lake')).toEqual([]);
    expect(await photo('I got this fine contract with a Leeds firm.', 'a man with a hat')).not.toContain('Ana shared a photo of a man with a hat that Ana got, on 15 May 2024.');
    expect(await photo('We got this!', 'a stack of paper')).toEqual([]);
  });
});
