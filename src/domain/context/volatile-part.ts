import type { FoundEvents } from '../search/event-search';
import { excerptAround } from '../search/excerpt';
import { planQuery } from '../search/query-planning';
import type { MemoryHit } from '../search/recall';
import type { Event } from '../session/event';
import { shareOut } from './budget';
import type { ContextItem, ContextLeftOut } from './context';
import { freshText, recentEntry, relatedEntry } from './entries';
import { packEpisodes, type Episodes } from './episodes';
import { costOf, fill, oneSection, render, type Entry, type Section } from './lines';
import type { StablePart } from './stable-part';

const RELATED_HEADING = '## Related';
const RECENT_HEADING = '## Last turns';
/** A turn of the current session is shown whole up to this length, in characters; in a small budget, shorter. */
const MAX_RECENT = [2000, 1000, 500, 250, 100];

export interface Gathered {
  readonly related: readonly MemoryHit[];
  readonly episodes: FoundEvents | null;
  /** Ascending by seq. */
  readonly recent: readonly Event[];
  readonly query: string;
}

export interface VolatilePart {
  /** What was recalled, and the last turns: the two parts of the text after the stable one. Either may be empty. */
  readonly recalled: string;
  readonly last: string;
  readonly items: readonly ContextItem[];
  /** The last turns that are shown, with their text as it is, line breaks included. */
  readonly turns: readonly { readonly event: Event; readonly content: string }[];
  readonly leftOut: readonly ContextLeftOut[];
}

/** What changes from turn to turn, within what the stable part leaves of `budget`; the last turns stand nearest to the answer. */
export function volatilePart(stable: StablePart, gathered: Gathered, budget: number, countTokens: (text: string) => number): VolatilePart {
  const room = budget - stable.tokens;
  const withText = gathered.recent.filter((event) => freshText(event) !== '');
  const newestFirst = [...withText].reverse();
  const related = gathered.related.map(relatedEntry);
  const everything = new Set(withText.map(({ id }) => id));
  const pack = (excluded: ReadonlySet<string>, tokens: number): Episodes | null =>
    gathered.episodes === null ? null : packEpisodes(gathered.episodes, excluded, tokens, countTokens);
  const wanted = pack(everything, room);

  const plan = planQuery(gathered.query);
  const recentAt = (length: number): Entry[] => newestFirst.map((event) => recentEntry(event, plan, length));
  const shares = shareOut(room, {
    SENSORY: costOf(recentAt(MAX_RECENT[0] ?? 0), RECENT_HEADING, countTokens),
    RELATED: costOf(related, RELATED_HEADING, countTokens),
    EPISODIC: wanted === null ? 0 : sectionCost(wanted.section, countTokens),
  });
  // A long last turn is better cut than missing.
  let recent: Entry[] = [];
  let longest = 0;
  for (const length of MAX_RECENT) {
    longest = length;
    recent = fill(recentAt(length), RECENT_HEADING, shares.SENSORY, countTokens, true);
    if (recent.length > 0) break;
  }
  let taken = fill(related, RELATED_HEADING, shares.RELATED, countTokens);
  const left = room - costOf(recent, RECENT_HEADING, countTokens) - costOf(taken, RELATED_HEADING, countTokens);
  const episodes = pack(new Set(recent.map(({ id }) => id)), left);
  const dropped = new Set<string>();
  const ranked = [...(episodes?.byRank ?? [])];

  for (;;) {
    const episodic = episodes === null ? [] : [without(episodes.section, dropped)];
    const numbering = { counts: new Map(stable.numbering.counts) };
    const before = render([oneSection(RELATED_HEADING, taken), ...episodic], numbering, countTokens);
    const after = render([oneSection(RECENT_HEADING, [...recent].reverse())], numbering, countTokens);
    const recalled = before.lines.map((line) => `${line}\n`).join('');
    const last = after.lines.map((line) => `${line}\n`).join('');
    if (countTokens(stable.text + recalled + last) > budget) {
      // Sums of lines are estimates of the whole: the least of it leaves until it fits.
      const worst = ranked.pop();
      if (worst !== undefined) { dropped.add(worst); continue; }
      if (taken.length > 0) { taken = taken.slice(0, -1); continue; }
      if (recent.length > 0) { recent = recent.slice(0, -1); continue; }
    }
    const kept = new Set(recent.map(({ id }) => id));
    const candidates = gathered.episodes === null ? 0 : gathered.episodes.ranked.filter(({ eventId }) => !kept.has(eventId)).length;
    return {
      recalled, last, items: [...before.items, ...after.items],
      turns: withText.filter(({ id }) => kept.has(id)).map((event) => ({ event, content: excerptAround(freshText(event), plan, longest) })),
      leftOut: [
        { layer: 'SEMANTIC', reason: 'BUDGET', count: related.length - taken.length },
        { layer: 'EPISODIC', reason: 'BUDGET', count: Math.max(0, candidates - ranked.length) },
        { layer: 'SENSORY', reason: 'NO_TEXT', count: gathered.recent.length - withText.length },
        { layer: 'SENSORY', reason: 'BUDGET', count: withText.length - recent.length },
      ],
    };
  }
}

const without = ({ heading, groups }: Section, dropped: ReadonlySet<string>): Section => ({
  heading, groups: groups.map(({ title, entries }) => ({ title, entries: entries.filter(({ id }) => !dropped.has(id)) })),
});

const sectionCost = ({ heading, groups }: Section, countTokens: (text: string) => number): number =>
  groups.reduce((sum, { title, entries }) => sum + costOf(entries, title ?? '', countTokens), groups.length === 0 ? 0 : countTokens(`${heading}\n`));
