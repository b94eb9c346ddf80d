import { diets, end, fixed, type KeyRule, pets, phrase, properRule, rule, second, slug } from './key-patterns';

const gone = '(?: any ?more| any longer)?';
const home = '(?:house|flat|apartment|rooms?|studio|home|cottage|bungalow|farmhouse|loft|flatshare|village|suburb)';
const leftHome = `(?:gave|has given|is giving|handed in) (?:their )?notice (?:on|for) (?:the|their|an?) (?:[\\p{L}-]+ )?${home}|`
  + `(?:moved out of|has moved out of|left|has left|is leaving|sold|has sold) (?:the|their) (?:[\\p{L}-]+ )?${home}`;
const institution = '((?:[\\p{L}&\'-]+ ){0,3}?(?:school|university|college|hospital|clinic|museum|company|agency|bank|bakery|firm|library|kindergarten|laboratory|institute|office|studio|shop))';
const food = 'fish|meat|seafood|dairy|eggs?|pork|beef|chicken|gluten|cheese|sugar|bread|shellfish';
const trip = '(?:flights?|tickets?|train tickets|trip|holidays?|vacation|hotel|journey)';
const event = 'concert|appointment|exam|interview|meeting|wedding|flight|surgery|operation|check-?up|recital|performance|marathon|race|conference|presentation|test|deadline|graduation|birthday|party|arrival|delivery|lesson|match|game|trip';
const date = '(\\d{1,2} \\p{L}+ \\d{4})';
const corrects = (match: readonly string[]): boolean => /\bnot\b|\bnow\b|\bmoved\b|\binstead\b/i.test(match[0] ?? '');
const dateOf = (match: readonly string[]): string => `${slug(match[1] ?? '')}_date`;
const reversal = `(?:,? (?:but )?(?:not|instead)\\b)?`;

/**
 * Statements that end, begin or move something. What ends keeps its value under `no_longer_<attribute>` (`not_eats` for food),
 * never under the attribute itself: “no longer lives in Leeds” ends the home Leeds and leaves a later home alone.
 * A corrected date (“…, not Friday”) is exclusive, a date merely told is not: two concerts may have two dates.
 */
export const changes: readonly KeyRule[] = [
  properRule(`(?:no longer lives?|(?:does|do) not live) (?:in|near) ${phrase}${gone}${end}`, 'no_longer_home_city', false),
  properRule(`(?:${leftHome}) in ${phrase}${end}`, 'no_longer_home_city', false),
  properRule(`(?:has )?moved away from ${phrase}${end}`, 'no_longer_home_city', false),
  properRule(`(?!.* for (?:an?|one|two|three|four|the|some|a few) (?:night|day|week)s?\\b)(?:lives|is living|rents|is renting|has been renting) (?:in )?(?:an?|the|one|two|three|their(?: own)?) (?:[\\p{L}-]+ ){0,4}?${home} (?:in|near) ${phrase}${end}`, 'home_city', true),
  properRule(`(?:lives|is living) with (?:their|an?|the|two|three) [\\p{L} ]{3,30}? in ${phrase}${end}`, 'home_city', true),
  properRule(`(?:has )?left [^,;]{2,40}?,? (?:and|to) (?:has )?join(?:ed)? ${phrase}${end}`, 'employer', true),
  rule(`(?:no longer drinks?|does not drink|stopped drinking|has stopped drinking|gave up drinking) ${phrase}${gone}${end}`, 'not_drinks', false),
  rule(`drinks ${phrase} again\\b`, 'drinks', false),
  rule(`(?:no longer works?|(?:does|do) not work|stopped working|has stopped working|quit working) (?:at|for) ${phrase}${gone}${end}`, 'no_longer_employer', false),
  rule(`(?:has )?(?:quit|left|resigned from|lost) (?:their |the |a )?(?:old )?(?:job|position|post) (?:at|with) ${phrase}${end}`, 'no_longer_employer', false),
  rule(`(?:has )?(?:resigned from|was laid off (?:by|from)|was fired (?:by|from)) ${phrase}${end}`, 'no_longer_employer', false),
  rule(`(?:starts?|started|is starting|has started|begins|began) (?:work(?:ing)? |teaching )?(?:at|for) (?:an? |the )?${institution}\\b`, 'employer', true),
  rule(`(?:is|has been) (?:(?:still|currently) )?(?!volunteering|visiting|suing|meeting|interviewing)[\\p{L}]+ing [\\p{L} ]{2,50}? (?:for|at) (?:the|an?) ((?:[\\p{L}-]+ )?(?:company|agency|firm))\\b`, 'employer', true),
  properRule(`has been in ${phrase} for (?:\\d+|\\p{L}+) years\\b`, 'home_city', true),
  rule(`(?:has |have )?(?:accepted|took|taken|got|has) (?:an? |the )?(?:new )?(?:job|position|offer|role|post) (?:at|with|from) ${phrase}${end}`, 'employer', true),
  rule(`is (?:no longer|not) (?:an? )?(${diets})${gone}\\b`, 'no_longer_diet', false),
  rule('(?:no longer eats?|stopped eating|has stopped eating|gave up|has given up|quit eating) meat\\b', 'diet', true, fixed('no meat')),
  rule('(?:eats|is eating|started eating|has started eating|went back to eating) (fish|meat|seafood) again\\b', 'diet', true, match => `eats ${match[1] ?? ''}`),
  rule(`(?:no longer eats?|does not eat|stopped eating|has stopped eating|gave up|has given up) (?:any )?(?!meat\\b)(${food})${gone}\\b`, 'not_eats', false),
  rule(`(?:eats|is eating|started eating|has started eating) (?!meat\\b)(${food})\\b(?! (?:every|only|on|at|for))`, 'eats', false),
  rule(`is (?:no longer|not) allergic to ${phrase}${gone}${end}`, 'no_longer_allergy', false),
  rule(`(?:has|owns|adopted|got|has adopted|bought) (?:an? )(?:[\\p{L}-]+ )??(${pets}) (?:called|named) (\\p{L}+)`, 'has_pet', false, match => `${match[1] ?? ''} ${match[2] ?? ''}`),
  rule(`(?:no longer has|does not have) (?:an? |the |their )?(${pets})${gone}\\b`, 'no_longer_has_pet', false),
  rule(`(?:has )?(?:sold|gave away|got rid of) their ${phrase}${end}`, 'no_longer_owns', false),
  properRule(`(?:has )?(?:re)?booked (?:(?:the|their|an?) )?(?:new )?(?:${trip} (?:to|in|for) )?${phrase}${end}`, 'booking', false),
  properRule(`(?:has |had to )?cancel(?:l?ed)? (?:(?:the|their|an?) )?(?:${trip} (?:to|in|for) )?${phrase}${end}`, 'no_longer_booking', false),
  rule(`(?:has|got) an? ((?:[\\p{L}-]+ ){0,2}?(?:${event})) on ${date}${reversal}`, dateOf, corrects, second),
  rule(`arrives? (?:in [\\p{L} ]+ )?on ${date}${reversal}`, 'arrival_date', corrects),
  rule('(\\p{L}+s [\\p{L}]+) for a living\\b', 'occupation', true),
  rule(`never wants ${phrase}${end}`, 'dislikes', false),
];

/** “Concert is on 29 November 2025, not Friday”, on the words after “Ana's”. */
export const ownChanges: readonly KeyRule[] = [
  rule(`((?:[\\p{L}-]+ ){0,2}?(?:${event})) (?:is|has been moved to|was moved to|moved to|is moved to)(?: now)? (?:on )?${date}${reversal}`, dateOf, corrects, second),
];
