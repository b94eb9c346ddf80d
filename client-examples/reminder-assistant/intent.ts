import { parse, type ParsedResult } from 'chrono-node';

export type Intent =
  | { readonly kind: 'reminder'; readonly text: string; readonly at: Date }
  | { readonly kind: 'calendar'; readonly title: string; readonly at: Date }
  | { readonly kind: 'list'; readonly list: string; readonly item: string }
  | { readonly kind: 'unclear'; readonly question: string };

const REMINDER = /^(?:please )?remind me\b(?: to\b)?/i;
const LIST = /^(?:please )?(?:add|put) (.+?) (?:to|on|onto) (?:my|the|our) (.+?)(?: list)?[.!]?$/i;
const CALENDAR = /^(?:please )?(?:schedule|book|plan|i have|i've got|there is|there's)\b(?: an?\b)?|\b(?:appointment|meeting|dentist|doctor)\b/i;

/** What a sentence asks for; “tomorrow” is counted from when it was said. Null when it asks for nothing that we do. */
export function understand(sentence: string, said: Date): Intent | null {
  const text = sentence.trim();
  const [, item, list] = LIST.exec(text) ?? [];
  if (item !== undefined && list !== undefined) return { kind: 'list', list: list.toLowerCase(), item };
  const [when] = parse(text, { instant: said, timezone: 'UTC' }, { forwardDate: true });
  if (REMINDER.test(text)) {
    if (when === undefined) return { kind: 'unclear', question: 'When shall I remind you?' };
    return { kind: 'reminder', text: without(text.replace(REMINDER, ''), when), at: when.date() };
  }
  if (when === undefined || !CALENDAR.test(text) || when.date() < said) return null;
  return { kind: 'calendar', title: without(text.replace(/^(?:please )?(?:schedule|book|plan|i have|i've got|there is|there's)\b(?: an?\b)?/i, ''), when), at: when.date() };
}

/** The sentence without its date and the small words around it. */
function without(text: string, { text: date }: ParsedResult): string {
  return text.replace(date, ' ').replace(/\s+/g, ' ').trim().replace(/^(?:that|about|to|of)\s+/i, '').replace(/(?:\s+(?:on|at|in|by))*[\s.,!]*$/i, '');
}
