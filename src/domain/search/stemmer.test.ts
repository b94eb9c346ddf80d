import fc from 'fast-check';
import { stemEnglish } from './stemmer';

const PAIRS: Readonly<Record<string, string>> = {
  // plurals
  caresses: 'caress', flies: 'fli', ties: 'tie', cries: 'cri', gas: 'gas', kiwis: 'kiwi', gaps: 'gap', bus: 'bus', cats: 'cat',
  // past and progressive
  agreed: 'agre', feed: 'feed', plastered: 'plaster', bled: 'bled', sing: 'sing', luxuriated: 'luxuri', hopping: 'hop', hoping: 'hope',
  falling: 'fall', hissing: 'hiss', fizzed: 'fizz', failing: 'fail', filing: 'file', adding: 'add', egged: 'egg', lying: 'lie',
  dying: 'die', painting: 'paint', hiking: 'hike',
  // y
  happy: 'happi', by: 'by', say: 'say', cry: 'cri', enjoy: 'enjoy', youth: 'youth', yellow: 'yellow',
  // derivations
  relational: 'relat', conditional: 'condit', valency: 'valenc', digitizer: 'digit', conformably: 'conform', radically: 'radic',
  differently: 'differ', vileness: 'vile', analogously: 'analog', vietnamization: 'vietnam', predication: 'predic', operator: 'oper',
  feudalism: 'feudal', decisiveness: 'decis', hopefulness: 'hope', callousness: 'callous', formality: 'formal', sensitivity: 'sensit',
  sensibility: 'sensibl', geology: 'geolog', geologist: 'geolog', fearlessly: 'fearless', triplicate: 'triplic', formative: 'format', formalize: 'formal',
  electricity: 'electr', electrical: 'electr', hopeful: 'hope', goodness: 'good', revival: 'reviv', allowance: 'allow', inference: 'infer',
  airliner: 'airlin', adjustable: 'adjust', replacement: 'replac', adjustment: 'adjust', adoption: 'adopt', communism: 'communism',
  activate: 'activ', effective: 'effect', generously: 'generous', communication: 'communic',
  // last letters
  probate: 'probat', rate: 'rate', cease: 'ceas', controlling: 'control', rolled: 'roll',
  // exceptions
  skies: 'sky', news: 'news', only: 'onli', early: 'earli', evening: 'evening', proceeded: 'proceed', outings: 'outing',
  // words that Snowball 3 keeps apart
  university: 'universiti', universe: 'univers', organization: 'organiz', organ: 'organ', internal: 'internal', intern: 'intern',
};

test.each(Object.entries(PAIRS))('the stem of %s is %s', (word, stem) => {
  expect(stemEnglish(word)).toBe(stem);
});

test('a stem is never empty, longer than its word by more than a letter, or in upper case', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,30}$/), (word) => {
      const stem = stemEnglish(word);
      expect(stem).toMatch(/^[a-z]+$/);
      expect(stem.length).toBeLessThanOrEqual(word.length + 1);
    }),
  );
});
