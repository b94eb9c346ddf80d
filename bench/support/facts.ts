/** Made-up facts with words as uneven as in a language: a few common ones, many rare ones. Always the same for the same number. */
export function factOf(n: number): string {
  const pick = <T>(items: readonly T[], salt: number): T => items[Math.floor(unit(n, salt) ** 2 * items.length)] ?? (items[0] as T);
  const year = 2000 + Math.floor(unit(n, 7) * 25);
  return `${pick(NAMES, 1)} ${pick(VERBS, 2)} a ${pick(KINDS, 3)} ${pick(THINGS, 4)} in ${pick(PLACES, 5)} in ${year}, number ${n}.`;
}

/** What somebody would ask about the fact. */
export function questionOf(n: number): string {
  const [name = '', verb = '', , kind = '', thing = '', , place = ''] = factOf(n).split(' ');
  const forms = [`What ${kind} ${thing} has ${name}?`, `Where did ${name} find the ${thing}?`, `Who ${verb} something in ${place}?`, `${name} ${place} ${kind}`];
  return forms[n % forms.length] ?? '';
}

/** A number from 0 to 1 that looks random (the finaliser of MurmurHash3). */
function unit(n: number, salt: number): number {
  let hash = Math.imul(n ^ (salt * 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const SYLLABLES = ['ba', 'do', 'ka', 'lin', 'mar', 'ne', 'or', 'pel', 'ri', 'su', 'ta', 'ven', 'wi', 'zu', 'fen', 'gal', 'hes', 'jo'];
const words = (ending: string, capital: boolean): string[] => SYLLABLES.flatMap((first) => SYLLABLES.map((second) => {
  const word = `${first}${second}${ending}`;
  return capital ? `${word.charAt(0).toUpperCase()}${word.slice(1)}` : word;
}));
const NAMES = words('', true);
const PLACES = words('burg', true);
const THINGS = ['lamp', 'chair', 'clock', 'kettle', 'mirror', 'carpet', 'radio', 'globe', 'bicycle', 'piano', ...words('let', false)];
const KINDS = ['red', 'small', 'old', 'heavy', 'silver', 'broken', 'wooden', 'quiet', 'round', 'borrowed', 'painted', 'folding', ...words('ish', false)];
const VERBS = ['bought', 'sold', 'repaired', 'lost', 'found', 'painted', 'borrowed', 'built', 'drew', 'cleaned', 'photographed', 'moved'];
