/** A turn as `appendEvents` takes it. */
export interface Turn {
  readonly author: 'USER' | 'AGENT';
  readonly authorName: string;
  readonly text: string;
  readonly occurredAt: string;
}

const MARCH = ['2025-03-03T18:00:00.000Z', '2025-03-10T18:00:00.000Z', '2025-03-24T18:00:00.000Z'] as const;

/** Three evenings in March 2025: a move, a changed mind, dates said in passing, and small talk that is worth nothing. */
const EVENINGS: readonly (readonly (readonly [speaker: 'Mara' | 'Jonas', text: string])[])[] = [
  [
    ['Mara', 'Hi Jonas, good to see you again!'],
    ['Jonas', 'Hey Mara! How are you?'],
    ['Mara', 'I live in Bremen.'],
    ['Mara', 'I work as a violin maker at a small workshop near the harbour.'],
    ['Jonas', 'Nice! I started a new job as a nurse yesterday.'],
    ['Mara', 'My sister Edda teaches physics in Graz.'],
    ['Jonas', 'I have two dogs, Pixel and Bruno.'],
    ['Mara', "I'm allergic to walnuts."],
    ['Jonas', 'My favorite tea is jasmine tea.'],
    ['Mara', 'I adopted a grey cat called Momo last year.'],
    ['Jonas', 'Haha, great.'],
  ],
  [
    ['Jonas', 'I ran the half marathon in Oldenburg last Sunday.'],
    ['Mara', 'Wow, congratulations!'],
    ['Mara', 'I am learning Portuguese because I am planning a trip to Porto in June.'],
    ['Jonas', 'My brother Emil plays the cello in an orchestra.'],
    ['Mara', "I don't like horror films."],
    ['Jonas', 'I always drink coffee without sugar.'],
    ['Mara', 'I bought a kayak two weeks ago.'],
    ['Jonas', 'I want to visit the Azores with Emil next summer.'],
    ['Mara', 'What time is it?'],
    ['Jonas', 'Half past seven, I think.'],
  ],
  [
    ['Mara', 'I moved to Lisbon, so I live in Lisbon now.'],
    ['Jonas', 'Really? Tell me everything!'],
    ['Mara', 'I rent a flat with a blue door in Alfama.'],
    ['Mara', 'I sold the kayak yesterday.'],
    ['Jonas', 'I changed my mind: my favorite tea is mint tea.'],
    ['Mara', 'Please never call me before nine in the morning.'],
    ['Jonas', "I'm allergic to penicillin."],
    ['Mara', 'My mother Ilse visits me on 5 April 2025.'],
    ['Jonas', 'I have collected stamps since 2009.'],
    ['Mara', 'Good night!'],
  ],
];

export const CONVERSATION: readonly Turn[] = EVENINGS.flatMap((evening, index) =>
  evening.map(([authorName, text]): Turn => ({ author: 'USER', authorName, text, occurredAt: MARCH[index] ?? MARCH[0] })));

const THINGS = ['lamp', 'chair', 'clock', 'kettle', 'mirror', 'carpet', 'radio', 'globe', 'bicycle', 'piano'];

/** The conversation and `more` turns after it, each with a fact of its own: work that takes a while. */
export const longConversation = (more: number): readonly Turn[] => [
  ...CONVERSATION,
  ...Array.from({ length: more }, (_, index): Turn => ({
    author: 'USER', authorName: index % 2 === 0 ? 'Mara' : 'Jonas', occurredAt: MARCH[2],
    text: `I bought a ${THINGS[index % THINGS.length] ?? ''} with ${index + 3} scratches at the market hall.`,
  })),
];
