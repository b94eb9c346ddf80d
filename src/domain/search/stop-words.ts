/**
 * Function words, apostrophes removed. They answer no question and are in most turns, so an OR query that held them would
 * read the whole index; they are left out of both sides. Words that double as names (will, may) or carry a plan's time stay in.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the and or but nor so if then than as of at by for from in into on onto to with without about
   i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our ours ourselves
   they them their theirs themselves this that these those there here
   who whom whose which what when where why how
   am is are was were be been being do does did done doing has have had having can could would shall should might must
   not no yes just also too very really even
   im ive id ill youre youve youd youll hes shes weve theyre theyve theyd thats theres whats
   dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt hasnt havent hadnt lets`
    .trim()
    .split(/\s+/),
);
