import { expand } from './normalize';
import { regex } from './patterns';

const aboutUser = regex('i',
  String.raw`^(?:so,? |ok(?:ay)?,? |great,? |got it[,.!]? |noted[,.!:]? |understood[,.!:]? )*(?:(?:as )?you (?:told me|mentioned|said|`,
  String.raw`stated|confirmed|explained)(?: earlier| before)?(?: that|,) (?<told>.+)|(?:you|we)(?: have)? (?<verb>decided|agreed|chose|`,
  String.raw`settled|opted|committed) (?<rest>(?:to|on|that|for|not to|against) .+))$`);

/**
 * What an assistant's sentence states about the user: a decision, or a fact it says the user gave. Suggestions and
 * words about itself give null. The answer is in the user's own first person, ready for the sentence rules.
 */
export function statedAboutUser(sentence: string): string | null {
  const match = aboutUser.exec(expand(sentence).replace(/[.!]+$/, ''));
  if (match?.groups === undefined || /\?\s*$/.test(sentence)) return null;
  const { told, verb, rest } = match.groups;
  const clause = told ?? `I ${verb ?? ''} ${rest ?? ''}`;
  return clause.replace(/\byou are\b/gi, 'I am').replace(/\byou were\b/gi, 'I was').replace(/\byour\b/gi, 'my')
    .replace(/\byourself\b/gi, 'myself').replace(/^you\b/i, 'I').replace(/\byou\b/gi, 'me').replace(/\b(that|and|but|because) me\b/gi, '$1 I');
}
