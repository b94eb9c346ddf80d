import type { ExtractionTopic } from '../extractor';

const like = 'love|loves|loved|like|likes|enjoy|enjoys|enjoyed|prefers?|preferred|favou?rites?|fave|hates?|dislikes?|fan of|into|passionate|passion|'
  + 'keen on|obsessed|hooked|cannot stand|fond of|interested|adores?|fascinat\\w+|rather';
const kin = 'wife|husband|partner|son|sons|daughters?|kids?|child|children|mom|mother|mum|dad|father|parents?|brothers?|sisters?|family|friends?|'
  + 'boyfriend|girlfriend|married|dating|engaged|divorced|cousins?|grandma|grandpa|grandmother|grandfather|aunt|uncle|roommate|colleagues?|'
  + 'teammates?|fianc\\S+|mentors?|niece|nephew|breakup|wedding|neighbou?rs?';
const planned = 'will|going to|plan|plans|planning|planned|hopes?|hoping|wants? to|would love to|scheduled|upcoming|next|tomorrow|looking forward|aims?|'
  + 'intends?|thinking (?:of|about)|considering|preparing|getting ready|goal|deadline|meeting|appointment|interview|dreams? of|wishes';
const happened = 'went|attended|visited|joined|started|finished|won|lost|bought|(?<!has )got|took|moved|launched|opened|celebrated|met|made|held|hosted|'
  + 'organi[sz]ed|performed|signed|completed|travell?ed|participated|graduated|adopted|volunteered|shared|saw|competed|released';
const decided = 'decided|decides|decision|chose|chosen|choosing|picked|settled on|agreed (?:to|on|that)|committed|opted|going with|made up|quit|'
  + 'resigned|accepted|rejected|approved';

const managed: Readonly<Record<string, RegExp>> = {
  instructions: /^.{1,60}? (?:wants|would like) the (?:assistant|agent) (?:not )?to\b/i,
  key_decisions: new RegExp(`\\b(?:${decided})\\b`, 'i'),
  preferences: new RegExp(`\\b(?:${like})\\b`, 'i'),
  relationships: new RegExp(`\\b(?:${kin})\\b`, 'i'),
  plans_and_events: new RegExp(`\\b(?:${planned}|${happened})\\b|\\b(?:on|in|around) (?:the )?(?:\\w+ of )?(?:\\d{1,2} )?(?:[A-Z][a-z]+ )?(?:19|20)\\d\\d\\b`),
};
const order = ['instructions', 'key_decisions', 'preferences', 'relationships', 'plans_and_events', 'personal_facts'] as const;
const isManaged = (name: string): boolean => order.some(each => each === name);

const stop = new Set((
    'about above after again also another because been before being between both could does doing during each everything every fact '
    + 'facts from further have having here into just like make more most much only other over person remember same should some such than '
    + 'that their them then there these they thing things this those through under until user users very want wants were what when where '
    + 'which while will with would your state states stated mention mentions anything conversation extract information memory memories '
    + 'topic kind kinds type types name names people').split(' '));

/** Words cut to a rough stem, so that “medicine” meets “medical” and “allergies” meets “allergic”. */
const stems = (text: string): Set<string> => new Set([...text.toLowerCase().matchAll(/\p{L}{4,}/gu)].map(match => match[0]).filter(word => !stop.has(word))
  .map(word => word.replace(/(?:ies|ing|ed|es|s|ic|ically|ally|al|ly|tion|ment|er|e|y)$/, '').slice(0, 7)));

interface Custom { readonly name: string; readonly title: ReadonlySet<string>; readonly all: ReadonlySet<string> }

/**
 * Decides the topics of a fact among the enabled ones, best first. Managed topics have word lists; `personal_facts`
 * takes every statement about a person that no other enabled topic takes. A custom topic needs one stem of its name,
 * or two of its description and prompt, in the fact.
 */
export function topicClassifier(topics: readonly ExtractionTopic[]): (fact: string) => readonly string[] {
  const enabled = new Set(topics.map(topic => topic.name));
  const custom: readonly Custom[] = topics.filter(topic => !isManaged(topic.name)).map(topic => ({
    name: topic.name, title: stems(topic.name.replace(/[_-]+/g, ' ')), all: stems(`${topic.name.replace(/[_-]+/g, ' ')} ${topic.description} ${topic.prompt ?? ''}`),
  }));
  return fact => {
    // A standing order is nothing else, whatever words it contains.
    if (enabled.has('instructions') && managed['instructions']?.test(fact) === true) return ['instructions'];
    const words = stems(fact);
    const shared = (own: ReadonlySet<string>): number => [...own].filter(stem => words.has(stem)).length;
    const found = custom.filter(topic => shared(topic.title) >= 1 || shared(topic.all) >= 2).map(topic => topic.name);
    for (const name of order) if (enabled.has(name) && managed[name]?.test(fact) === true) found.push(name);
    if (found.length === 0 && enabled.has('personal_facts')) found.push('personal_facts');
    return found;
  };
}
