const whole: readonly (readonly [RegExp, string])[] = [
  [/^(?:hi|hey|hello|good (?:morning|evening|afternoon|night)|long time no|welcome|how are you|bye|goodbye|see (?:you|ya)|talk (?:to you )?(?:soon|later)|catch (?:you|up)|take care|ttyl|later|cheers|have (?:a|an|fun|lots|such)\b|enjoy\b|happy (?:birthday|holidays|new year)|stay (?:safe|strong|positive|tuned|in touch))/i, 'small talk'],
  [/^(?:thanks|thank you|thx|appreciate|i (?:really |so |truly |totally )?appreciate|i am (?:so |really |very |super |truly )?(?:thankful|grateful) (?:for|to have) (?:you|your|this|that|it|them)\b|much appreciated|means a lot|your \w+(?: \w+)? (?:really |always )?means?\b|i owe you)/i, 'thanks'],
  [/^(?:congrat|way to go|good (?:for|on|job|luck|call|idea|to|one)|great (?:job|work|idea|to|job|choice|point|question|news|that|seeing|talking|chatting|stuff)|nice (?:job|work|one|to|going|that)|well done|bravo|kudos|go for it|keep (?:it|up|going|on|at|pushing|your|that|me|the|in|chasing|shining|doing|inspiring|spreading|being)|you got this|we got this|hang in|cheer up|do not (?:worry|give up|sweat|be|let|stop|forget to (?:take care|have|enjoy))|never give up|best of luck|fingers crossed|wish(?:ing)? you|i wish you|hope (?:you|your|all|that|to see|it|to hear|everything|things)|i hope (?:you|your|all|that|it|everything|things|to hear)|looking forward to (?:hear|see|seeing|hearing|it|that|catching|more|talking|your))/i, 'encouragement'],
  [/^(?:sounds?|looks?|seems?|must (?:be|have|feel)|feels?|that|those|these) (?:is|are|was|were|sounds?|looks?|seems?|must|really|so|like|great|good|amazing|awesome|incredible|fun|delicious|nice|cool|be|have|will be|would be|has to)\b.{0,70}$/i, 'reaction'],
  [/^(?:i|we) (?:totally |completely |really |so |100% |definitely |couldn't |could not |cannot |do |can )*(?:agree|know what you mean|know how you feel|hear you|feel you|get (?:it|that|you)|understand|see what you mean|relate|feel the same|bet|am sure|love (?:it|that|this|your|how you|the way you|those|hearing)|like (?:it|that|your)|know(?: right)?|can(?:not)? (?:imagine|agree more|tell)|imagine|will (?:keep you|let you know|be (?:there|here)|do|try|check (?:it|that|them)|definitely|take|think about|keep (?:it|that|at|going|you|in mind)))\b/i, 'reaction'],
  [/^i (?:am|was) (?:(?:so|really|very|super|truly|always|also|still|just|beyond|more than|totally|quite|all) )*(?:proud|glad|happy|pumped|excited|thrilled|sorry|stoked|impressed|jealous|curious|sure|here|rooting|delighted|pleased|honou?red|grateful|thankful|good|fine|well|ok|okay|all ears|in|down|doing (?:good|great|well|okay|fine))\b(?: (?:for|of|that|to hear|to see|to be here|about|with|by) (?:you|your|that|this|it|how you|what you)\b.*| (?:you|your|it|that|everything|things)\b.*| to (?:hear|see|know|listen|help|chat|talk)\b.*|[.!]*$)/i, 'reaction'],
  [/^(?:so |really |very |super )?(?:glad|happy|proud|sorry|excited|pumped|thrilled|jealous|stoked|nice|good|great|awesome|cool|amazing|lovely|wonderful|fun|inspiring|interesting|impressive|fantastic|incredible|perfect|sweet|love|loved|loving) (?:to hear|to see|you|for you|of you|that you|your|how|it|that|this|those|these|hearing|seeing|to know|to be|the (?:pic|photo|look|color|idea|sound))\b/i, 'reaction'],
  [/^(?:can ?not|could not) (?:wait|agree|believe|imagine|thank|complain|argue)\b(?! to (?:start|begin|move|visit|travel|try (?!it)|go to|attend|perform))/i, 'reaction'],
  [/^i can ?not (?:wait|thank|believe|agree|imagine|complain)\b(?! to (?:start|begin|move|visit|travel|go to|attend|perform))/i, 'reaction'],
  [/^(?:let us|let me know|let me|feel free|count me|count on|tell me|fill me|hit me|just let|give me|send me|show me|check (?:it|this|that|them|out (?:this|that|these|my))|check out|look at|take a look|here (?:is|are|you)|this is (?:it|me|us|a (?:pic|photo)|the (?:pic|photo))|these are|have a look|listen|wait|speaking of|remember when|imagine|guess)\b/i, 'small talk'],
  [/^(?:not (?:yet|really|much|sure|at all)|me neither|same|exactly|totally|maybe|perhaps|of course|no doubt|deal|fair|likewise|ditto|will do|for real|what (?:a|an)\b|how (?:cool|nice|great|awesome|exciting|fun|amazing|sweet|lovely|inspiring|cute|wonderful)|such (?:a|an)\b|love that|no wonder|who knows|time flies|here's to|here is to|time to|any ?time|my pleasure|you are welcome|i (?:know|guess|think) so|i see|i mean it)/i, 'reaction'],
  [/^you(?! (?:should|could|might want|need to|told|gave|said|mentioned|showed|sent|bought|recommended|suggested)\b)\b/i, 'about the other person'],
  [/^your\b/i, 'about the other person'],
  [/^(?:(?:it|there) (?:is|was|has been|feels?|felt|must be|would be|will be|makes|means) (?:(?:so|really|super|always|such|very|also|just|pretty|truly|all|definitely|like|an?|the) )*(?:great|good|awesome|amazing|cool|nice|fun|wonderful|fantastic|incredible|lovely|empowering|freeing|inspiring|touching|heartwarming|beautiful|fulfilling|rewarding|refreshing|true|nothing|something|worth|about|reminder|honou?r|blast|joy|feeling|crazy|wild|always|wise|comforting|powerful|special|satisfying|priceless|cute|clear|okay|ok|fine|normal|natural|exciting|relaxing|calming|encouraging|motivating|uplifting|unreal|surreal|magical|thrilling|exhilarating|interesting|fascinating|awful|sad|disheartening|frustrating|scary|strange|weird|funny|comforting|not easy)\b)/i, 'reaction'],
  [/^it (?:is|was|takes|took|can be|feels?) (?:(?:so|really|super|always|such|very|also|just|truly|an?) )*(?:important|crucial|vital|essential|key|hard|tough|easy|guts|courage|necessary|difficult|challenging|possible)\b(?!.*\b(?:my|me|i)\b)/i, 'reaction'],
  [/^(?:seeing|knowing|hearing)\b/i, 'reaction'],
  [/^(?:(?:almost|nearly|just|kind of|sort of) as\b|life (?:is|can|has|throws))/i, 'reaction'],
  [/^(?:i|we) (?:am|are|feel|felt|was|were) (?:(?:so|really|very|super|truly|always|also|just|forever|incredibly) )*(?:thankful|grateful|lucky|blessed|fortunate)\b/i, 'thanks'],
  [/^(?:seeing|knowing|hearing|having|being|getting) .{3,80} (?:is|was|feels?|makes?) (?:(?:so|really|super|truly|always|such|very|also|just|pretty|an?|me) )*(?:great|good|awesome|amazing|cool|nice|fun|wonderful|incredible|important|inspiring|fulfilling|rewarding|happy|blast|huge|key|priceless|special|the best)\b/i, 'reaction'],
  [/^(?:(?:so|really|very|super|just|always) )*(?:glad|happy|sorry|nice|bummed|too bad|no matter|all the best|one day at a time|life is|hard work|i heard (?:that|about|you|it|there|great|good|the|so))\b/i, 'reaction'],
  [/^i (?:(?:really|just|absolutely|totally) )*(?:love|like|loved|liked) (?:all )?the (?:\w+ )?(?:colou?rs?|idea|look|photo|pic|picture|design|vibes?|red|blue|green|yellow|way|texture|sound|quote|painting|view|leaves|vase|scenery|name|enthusiasm|energy)\b/i, 'reaction'],
  [/^(?:i )?(?:love|enjoy) (?:talking|chatting|catching up)\b/i, 'small talk'],
  [/^i (?:would|will) (?:love|like|be happy|be glad) to (?:hear|see|help|know|chat|check|read|taste|join you|come)\b/i, 'small talk'],
  [/^i (?:was|am|have been) (?:just )?(?:wondering|thinking of you|asking)\b/i, 'small talk'],
  [/^(?:i )?(?:have to|need to|must|should|better|got to|am going to|am off to|am about to|will)(?: really)? (?:go|run|get going|head out|leave)(?: now| soon| for now)?[.!]*$/i, 'small talk'],
  [/^(?:i )?(?:just )?(?:wanted|want) to (?:say|fill|update|give you|tell you|ask|let you|share|check|catch|chat|thank|see how)\b/i, 'small talk'],
  [/^(?:glad|happy|good|great|nice|lovely|nothing|not)\b[^,]{0,24}$/i, 'reaction'],
  [/^(?:ok(?:ay)?|yes|no|sure|fine|cool|thanks?)\b.{0,20}$/i, 'small talk'],
  [/\b(?:(?:got|have) your back|there for you|proud of you|believe in (?:yourself|you)|rooting for you|cheering (?:for )?you|hang in there|take it easy|sky is the limit|got this|thinking of you|let me know|keep you (?:posted|updated)|talk (?:to you )?(?:soon|later)|see you (?:soon|later|then|there)|catch up)\b/i, 'encouragement'],
];

/** Why a sentence is not worth keeping; null when it may hold something. Expects full forms and no openers. */
export function smallTalk(sentence: string): string | null {
  const text = sentence.trim();
  if (!/[\p{L}\p{N}]/u.test(text)) return 'small talk';
  for (const [pattern, reason] of whole) if (pattern.test(text)) return reason;
  return null;
}

/** A question, with or without its mark: “Have you been there”. */
export function isQuestion(sentence: string): boolean {
  const text = sentence.trim();
  if (/\?["')\]!?.]*$/.test(text)) return true;
  return /^(?:do|does|did|are|is|was|were|have|has|can|could|will|would|should|any|what|who|where|how (?:is|are|was|did|do|about|long|much|many|often)|why|which) (?:you|your|he|she|they|it|that|the|there|kind of|about|of)\b/i.test(text) && !/,/.test(text);
}
