const irregularThird: Readonly<Record<string, string>> = { have: 'has', do: 'does', go: 'goes', am: 'is', are: 'is', be: 'is' };

/** “run” → “runs”, “try” → “tries”, “watch” → “watches”. */
export function thirdPerson(base: string): string {
  const lower = base.toLowerCase();
  const known = irregularThird[lower];
  if (known !== undefined) return known;
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh|[^aeiou]o)$/.test(lower) ? `${lower}es` : `${lower}s`;
}

const irregularPast: Readonly<Record<string, string>> = {
  be: 'was', become: 'became', begin: 'began', bring: 'brought', build: 'built', buy: 'bought', catch: 'caught', choose: 'chose',
  come: 'came', do: 'did', draw: 'drew', drink: 'drank', drive: 'drove', eat: 'ate', fall: 'fell', feel: 'felt', find: 'found',
  fly: 'flew', get: 'got', give: 'gave', go: 'went', grow: 'grew', have: 'had', hear: 'heard', hold: 'held', keep: 'kept',
  know: 'knew', learn: 'learned', leave: 'left', lose: 'lost', make: 'made', mean: 'meant', meet: 'met', pay: 'paid', pick: 'picked',
  put: 'put', read: 'read', ride: 'rode', run: 'ran', say: 'said', see: 'saw', sell: 'sold', send: 'sent', sing: 'sang', sleep: 'slept',
  speak: 'spoke', spend: 'spent', start: 'started', swim: 'swam', take: 'took', teach: 'taught', tell: 'told', think: 'thought',
  understand: 'understood', wear: 'wore', win: 'won', write: 'wrote', set: 'set', cut: 'cut', hit: 'hit', let: 'let', quit: 'quit',
};

/** Past forms that the tagger may take for a present: “I read”, “I put”. They are left as they stand. */
export const sameInPast: ReadonlySet<string> = new Set(
  ['read', 'put', 'cut', 'hit', 'let', 'quit', 'set', 'shut', 'hurt', 'cost', 'beat', 'spread', 'split', 'bet'],
);

export const pastForms: ReadonlySet<string> = new Set(Object.values(irregularPast));

/** “go” → “went”, “plan” → “planned”, “try” → “tried”. */
export function pastTense(base: string): string {
  const lower = base.toLowerCase();
  const known = irregularPast[lower];
  if (known !== undefined) return known;
  if (lower.endsWith('e')) return `${lower}d`;
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ied`;
  return /^[^aeiou]*[aeiou][bdgklmnprt]$/.test(lower) ? `${lower}${lower.slice(-1)}ed` : `${lower}ed`;
}

const ingVerbs = new Set(['bring', 'sing', 'swing', 'ring', 'sting', 'fling', 'cling', 'spring', 'string', 'king', 'thing']);

/** “running”, not “bring”. */
export const looksLikeGerund = (word: string): boolean => word.endsWith('ing') && !ingVerbs.has(word);

const participles = new Set([
  'been', 'had', 'done', 'gone', 'seen', 'known', 'taken', 'given', 'gotten', 'got', 'come', 'become', 'begun', 'written', 'eaten', 'chosen',
  'driven', 'heard', 'felt', 'found', 'kept', 'left', 'lost', 'made', 'met', 'thought', 'told', 'won', 'worn', 'better', 'spent', 'sent', 'bought', 'read',
]);

/** After “I'd”: true when it stands for “I had”. */
export const looksLikeParticiple = (word: string): boolean =>
  participles.has(word.toLowerCase()) || (/[a-z]{2}ed$/.test(word) && !/^(?:need|feed|speed|proceed|succeed)$/.test(word));

const modals = new Set(['will', 'would', 'can', 'could', 'may', 'might', 'must', 'shall', 'should', 'cannot', 'ought']);
export const isModal = (word: string): boolean => modals.has(word);
