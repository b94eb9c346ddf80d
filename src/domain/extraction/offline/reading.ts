import type { DateRange } from './calendar';
import type { Names } from './openers';
import type { Person } from './speakers';
import type { Token } from './tokens';

export interface SpeakingContext {
  readonly speaker: Person;
  readonly other: Person | null;
  readonly said: Date;
  /** What the photo of the turn shows; null without one. */
  readonly photo: string | null;
  /** What “they” and “it” may stand for: the thing the question before this turn asked about. */
  readonly asked: AskedThing | null;
  /** How much a sentence must say to be kept: people who chat need a higher bar than someone who briefs an assistant. */
  readonly leastWeight: number;
  /** Words the conversation writes with a capital in the middle of a sentence. */
  readonly properNames: ReadonlySet<string>;
  /** Nouns that the speaker calls their own in this conversation: studio, kids. */
  readonly owned: ReadonlySet<string>;
  /** What the other one said in the turn before. */
  readonly before: string;
  /** True after “How is Ruth?”: a sentence without a subject is about Ruth, not about the speaker. */
  readonly askedOfOther: boolean;
  /** What the speaker, and what the other one, said lately, this turn's sentences so far included: it tells whose “the studio” is. */
  readonly ownWords: string;
  readonly otherWords: string;
  /** Everything the speaker said before this sentence in the turn. */
  readonly earlier: string;
}

export interface AskedThing { readonly phrase: string; readonly plural: boolean }

export interface Statement {
  readonly kind: 'statement';
  readonly tokens: readonly Token[];
  readonly range: DateRange | null;
  readonly needsStamp: boolean;
  readonly weight: number;
  /** About someone in particular (“Ana has …”), as opposed to a general remark. */
  readonly personal: boolean;
}
/** Begins with “it”, “they” or the like: readable only after the sentence before it. */
export interface Continuation { readonly kind: 'continuation'; readonly tokens: readonly Token[]; readonly range: DateRange | null; readonly weight: number }
export interface Fragment { readonly kind: 'fragment'; readonly text: string; readonly tokens: readonly Token[]; readonly range: DateRange | null }
export interface Nothing { readonly kind: 'nothing'; readonly reason: string }
export type Reading = Statement | Continuation | Fragment | Nothing;

export const namesOf = (context: SpeakingContext): Names => ({ speaker: context.speaker.inside, other: context.other?.inside ?? null });
export const nothing = (reason: string): Nothing => ({ kind: 'nothing', reason });
