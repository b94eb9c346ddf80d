import { answer, type Behaviour } from '../scripted-model';
import type { Random } from './random';

/** What the model reads out of the conversation, in other words each time. Some reduce to a claim, some are only words. */
const FACTS: readonly { readonly claim: readonly [string, string, string] | null; readonly wordings: readonly string[] }[] = [
  { claim: ['mara', 'occupation', 'violin maker'], wordings: ['Mara works as a violin maker.', 'Mara builds violins for a living.', 'By trade, Mara is a violin maker.'] },
  { claim: ['mara', 'allergy', 'walnuts'], wordings: ['Mara is allergic to walnuts.', 'Mara cannot eat walnuts.', 'Walnuts make Mara ill.', 'mara is allergic to WALNUTS'] },
  { claim: ['jonas', 'pet', 'pixel'], wordings: ['Jonas has a dog called Pixel.', 'Pixel is one of the dogs of Jonas.'] },
  { claim: null, wordings: ['Jonas has collected stamps since 2009.', 'Jonas has collected  stamps, since 2009', 'JONAS HAS COLLECTED STAMPS SINCE 2009!', 'Since 2009 Jonas has been collecting stamps.'] },
  { claim: null, wordings: ['Emil plays the cello.', 'emil plays the cello', 'The cello is what Emil plays.'] },
];

/**
 * A model that never says a thing twice in the same way, and weighs candidates badly: at random it takes known facts for new
 * ones, or rewords what is there. The invariants of the memory must not rest on its good behaviour.
 */
export const paraphrasingModel = (random: Random): Behaviour => (request) => {
  const pick = <T>(items: readonly T[]): T | undefined => items[random.int(items.length)];
  if (request.schemaName === 'extracted_facts') {
    const facts = FACTS.map(({ claim, wordings }, index) => ({
      fact: pick(wordings), turns: [index + 1], topics: ['personal_facts'], subject: claim?.[0] ?? null, attribute: claim?.[1] ?? null,
      value: random.chance(0.5) ? claim?.[2] ?? null : claim?.[2].toUpperCase() ?? null, exclusive: false, confidence: 0.9, valid_from: null, valid_to: null,
    }));
    return answer({ facts })(request);
  }
  const items = [...request.text.matchAll(/^candidate (\d+): .*\n?((?: {2}memory \d+: .*\n?)*)/gm)];
  const decisions = items.map(([, number, memories = '']) => {
    const known = [...memories.matchAll(/memory (\d+): /g)].map(([, memory]) => Number(memory));
    const memory = random.chance(0.5) ? pick(known) : undefined;
    const reworded = pick(pick(FACTS)?.wordings ?? []) ?? '';
    const action = memory === undefined ? 'create' : random.chance(0.5) ? 'duplicate' : 'refine';
    return { candidate: Number(number), action, memory: memory ?? null, fact: action === 'refine' ? reworded : null, reason: 'as it pleases' };
  });
  return answer({ decisions })(request);
};
