import { regex } from './patterns';

/** A text as a pattern that matches just it, with and without the `u` flag. */
export const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const interjection = "i mean|oh|wow|whoa|woah|yeah|yea|yes|yep|yup|ya|nope|nah|hey|hi|hiya|hello|haha\\w*|lol|ah+|aw+|woo\\w*|yay|ooh+|oops|ugh|oof|hm+|mm+|"
  + "damn|gosh|omg|btw|by the way|anyways?|of course|sure thing|no problem|no worries|you know what|guess what|good question|good point";
const punctuated = "well|so|okay|ok|alright|sure|absolutely|definitely|totally|exactly|for sure|certainly|indeed|right|true|no|not really|cool|nice|"
  + "awesome|great|amazing|fantastic|wonderful|perfect|sweet|congrats|congratulations|agreed|same here|me too|you too|you are right|"
  + "you are welcome|no way|bummer|sorry|man|dude|girl|good|lovely|fun|actually|honestly|thankfully|sadly|lately|recently|now|currently|"
  + "these days|right now|on a different note|first of all|overall|in the end|at the end of the day|to be honest|tbh|in fact|fun fact|"
  + "fortunately|luckily|unfortunately|however|besides that|that said|as for me|me|on another note|by any chance|seriously|basically|also|"
  + "plus|oh my gosh|on that note|speaking of which|as you know|like i said|as i said|i know(?: right)?|i agree|i hear you|you bet|"
  + "glad to hear|i guess so|not much|fyi|for example|for instance|in the meantime|meanwhile|shure|thank god|thank goodness";
const joiner = 'actually(?= (?:i|my|we|our)\\b)|and|but hey|but|plus|also|or|then|anyway|so(?! (?:many|much|far|happy|excited|glad|proud|that|cool|fun|'
  + 'good|great|inspiring))';

export interface Names { readonly speaker: string; readonly other: string | null }

/** The name and the short forms people call it by: “Katherine”, “Kat”, “Kathy”. */
export function callNames(name: string | null): string {
  if (name === null || /^the\b/i.test(name)) return '(?!)';
  const first = name.split(/\s+/)[0] ?? name;
  const stem = first.slice(0, Math.max(2, Math.min(3, first.length - 1)));
  return `${literal(name)}|${literal(first)}|${literal(stem)}[a-z]{0,3}`;
}

const tail = regex('i',
  String.raw`(?:,\s*(?:dude|man|bro|buddy|guys|right|you know|huh|lol|haha|though|too|as well|of course|for sure|really|btw|`,
  String.raw`thanks|thank you|honestly|actually|yeah|take a look|check it out|speaking of(?: which)?|look))\s*([.!?]*)$`);
const tagQuestion = /,? (?:should|do|does|is|are|was|has|have|can|could|would|did|will) not (?:i|it|he|she|they|we|you)([.!?]*)$/i;
const sinceLast = regex('gi',
  String.raw`(?:^|,?\s)(?:ever )?since (?:we|our|you and i) (?:last )?(?:\w+ )?(?:talked|spoke|chatted|met|saw each other|chat|talk|`,
  String.raw`conversation|hung out|caught up)(?: last)?\b,?|\s(?:the )?last time(?=,| and|[.!]|$)|,? ?(?:the )?last time we (?:talked|`,
  String.raw`spoke|chatted|met|saw each ?other|hung out)\b,?`);

/** Takes greetings, exclamations, thanks and the other speaker's name off both ends of a sentence. */
export function withoutOpeners(sentence: string, names: Names): string {
  const other = `(?:${callNames(names.other)}|guys|dude|man|bro|buddy|friend|pal|everyone)`;
  const thanks = "(?:thanks|thank you|thx)(?: (?:so much|a lot|a bunch|a ton|again|very much))?(?: (?:for|to) [^,.!]{1,60})?";
  const lead = new RegExp(
    `^(?:(?:${interjection})\\b(?:[\\s,!.:-]*${other}\\b(?=\\s*[,!.:-]|\\s*$))?[\\s,!.:-]*|(?:${punctuated})(?:[\\s,]+${other})?\\s*(?:[,!.:]|-\\s)+\\s*`
    + `|${other}\\s*[,!.:-]+\\s*|${thanks}(?:,?\\s+${other})?\\s*(?:[,!.:-]+\\s*|$)|(?:${joiner})\\b,?\\s+)`, 'i');
  // “Hi Ruth, since we last spoke, I …”: the comma after the name has to stay.
  let text = sentence.replace(sinceLast, found => /^,.*,$/.test(found.trim()) ? ', ' : ' ').trim();
  for (let round = 0; round < 6; round += 1) {
    const next = text.replace(lead, '').trim();
    if (next === text) break;
    text = next;
  }
  // Case matters here: “Nate” in its short forms must not match “nature”.
  const called = new RegExp(`(?:,\\s*|\\s+)(?:${callNames(names.other)})(\\s*[.!?]*)$`);
  for (let round = 0; round < 2; round += 1) text = text.replace(called, '$1').replace(tail, '$1').trim();
  text = text.replace(/^i am (?:doing )?(?:well|good|great|fine|okay|ok|alright)(?: too)?, (?=i )/i, '');
  text = text.replace(/^i (?:do|did|have|am|was|would|will|can|could)(?: not)?\s*[-–,.!]+\s*/i, '');
  text = text.replace(/,? (?:like|as) i (?:said|mentioned|told you)(?: before| earlier)?,? /i, ' ');
  text = text.replace(/,? i mean,? /i, ' ').replace(/^(?:besides|apart from|aside from|on top of) the [^,]{1,40}, (?=\w)/i, '')
    .replace(/^it is (?:tough|hard|difficult|impossible) to (?:pick|choose|name) (?:just |only )?(?:one|a favou?rite),? but (?=\w)/i, '').replace(/^(?:nothing|not much) [^,]{0,20}, but (?=\w)/i, '').trim();
  text = text.replace(tagQuestion, '$1');
  text = text.replace(/\s+(?:btw|lol|tbh|haha|imo|fyi)(?=[.!]*$)/i, '').replace(/^it is my birthday (?=\w)/i, 'my birthday is ');
  return text.replace(/^hopefully,? /i, 'I hope ').replace(new RegExp(`,\\s*(?:${callNames(names.other)}),\\s*`), ', ').trim();
}
