import { has, type Token } from './tokens';

const bland = new Set(('be is am are was were been being have has had do does did get gets got getting make makes made making feel feels felt know knows knew think thinks thought say says said see '
  + 'seems seem look looks keep keeps kept mean means meant help helps helped let lets give gives gave take takes took come comes came want wants need needs love like likes loves thank thanks appreciate '
  + 'great good awesome amazing cool nice fun wonderful fantastic incredible special important lovely happy excited exciting thrilled glad proud tough hard crazy wild best better super sweet rewarding '
  + 'inspiring beautiful perfect true right sure real big huge little much many more most really very so too just still also even always never ever well such nervous thankful grateful lucky blessed '
  + 'thing things way lot lots time times day days bit moment moments kind sort stuff something everything anything nothing life people person feeling feelings part words word support idea reminder '
  + 'experience journey joy fact course sense point one ones side hand world others other worth ready able new first last yes no not there here it they them that this what who which when where how '
  + 'why if and but or because as at by for from in of on to with about into out up over off down through all both each own going go goes went according difference sound sounds sharing hear heard blast vibes vibe energy '
  + 'challenge challenges facing face faced struggle struggles path capable motivate motivates inspire inspires inspired bond bonding belief self-belief effort efforts chase chasing reach reaching embrace embracing overcome '
  + 'overcoming obstacles hurdles staying stay attitude mindset sense shine stronger hopeful '
  + 'powerful fulfilling satisfying proof goes overwhelming relief surreal adorable cute pretty gorgeous stunning tons whole next whatever anything hard work working paying pay off greatly motivated motivating determined believe believes dream dreams goal goals push pushing forward strength strong grow growing positive positivity change impact focus focused passion passionate excitement hope success succeed successful memories memory together special love loved matter matters talk talking chat chatting').split(' '));

/** Words that carry content of their own: neither grammar, nor praise, nor the speakers' names. */
export function contentWords(tokens: readonly Token[]): readonly string[] {
  return tokens.filter(token => !has(token, 'Speaker', 'Pronoun', 'Determiner', 'Preposition', 'Conjunction', 'Auxiliary', 'Copula', 'Modal', 'Negative')
    && !has(token, 'Date') && !/^(?:\d{4}|[0-9]{1,2})$/.test(token.lower)
    && !bland.has(token.lower.replace(/[^\p{L}\p{N}']/gu, '')) && token.lower.length > 1).map(token => token.lower);
}

/** How much a sentence says beyond mood: below 2 it is small talk however long it is. */
export function weight(tokens: readonly Token[]): number {
  const content = new Set(contentWords(tokens)).size;
  const named = tokens.filter(token => has(token, 'ProperNoun', 'Acronym', 'Place') && !has(token, 'Speaker')).length;
  return content + Math.min(2, named);
}
