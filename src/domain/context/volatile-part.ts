import type { FoundEvents } from '../search/event-search';
import { excerptAround } from '../search/excerpt';
import { planQuery } from '../search/query-planning';
import type { MemoryHit, PassageHit } from '../search/recall';
import type { Event } from '../session/event';
import { freshText } from '../session/spoken';
import type { ProcedureHit } from '../procedural/procedure-search';
import { shareOut } from './budget';
import type { ContextItem, ContextLayer, ContextLeftOut } from './context';
import { leftOutOf } from './left-out';
import type { LayerLimits } from './limits';
import { createShown, withoutRepeated, wordsOf } from './repeated';
import { byScore, passageEntry, recentEntry, relatedEntry } from './entries';
import { createEpisodePacker } from './episodes';
import { costOf, fill, oneSection, render, type Entry, type Section } from './lines';
import { procedureEntry } from './procedure-entries';
import type { StablePart } from './stable-part';

const RECENT_HEADING = '## Last turns';
/** A turn of the current session is shown whole up to this length, in characters; in a small budget, shorter. */
const MAX_RECENT = [2000, 1000, 500, 250, 100];

export interface Gathered {
  readonly related: readonly MemoryHit[];
  readonly passages: readonly PassageHit[];
  readonly procedures: readonly ProcedureHit[];
  readonly episodes: FoundEvents | null;
  /** Ascending by seq. */
  readonly recent: readonly Event[];
  readonly query: string;
}

/** What was searched for beside turns: what is new of it, best first, and what is shown already. */
interface Found {
  readonly layer: ContextLayer;
  readonly part: 'RELATED' | 'KNOWLEDGE' | 'PROCEDURAL';
  readonly heading: string;
  readonly fresh: readonly Entry[];
  readonly repeated: readonly Entry[];
}
/** Which of them leaves first what does not fit. */
const LEAVING = ['KNOWLEDGE', 'PROCEDURAL', 'RELATED'] as const;

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
export function volatilePart(stable: StablePart, gathered: Gathered, budget: number, { capOf, weights }: LayerLimits, countTokens: (text: string) => number): VolatilePart {
  const room = budget - stable.tokens;
  const withText = gathered.recent.filter((event) => freshText(event) !== '');
  const newestFirst = [...withText].reverse();
  const everything = new Set(withText.map(({ id }) => id));
  const pack = gathered.episodes === null ? null : createEpisodePacker(gathered.episodes, countTokens);
  const plan = planQuery(gathered.query);
  // What stands in the stable part or was just said is not said again by a memory, a document or a procedure.
  const shown = createShown();
  shown.add([...stable.items.map(({ text }) => text), ...withText.map(freshText)]);
  const passageTexts = new Map(gathered.passages.map(({ passage }) => [passage.id, passage.text]));
  const found: readonly Found[] = [
    { layer: 'SEMANTIC', part: 'RELATED', heading: '## Related', ...withoutRepeated(gathered.related.map(relatedEntry).sort(byScore), shown) },
    { layer: 'KNOWLEDGE', part: 'KNOWLEDGE', heading: '## Documents', ...withoutRepeated(gathered.passages.map((hit) => passageEntry(hit, plan)).sort(byScore), shown, ({ id, text }) => passageTexts.get(id) ?? text) },
    { layer: 'PROCEDURAL', part: 'PROCEDURAL', heading: '## Procedures', ...withoutRepeated(gathered.procedures.map(procedureEntry).sort(byScore), shown) },
  ];
  // A past turn that says no more than a last one.
  const said = createShown();
  said.add(withText.map(freshText));
  const again = (gathered.episodes?.ranked ?? []).filter(({ eventId }) => !everything.has(eventId) && said.repeats(wordsOfTurn(gathered.episodes, eventId))).map(({ eventId }) => eventId);
  const wanted = pack?.(new Set([...everything, ...again]), room) ?? null;

  const recentAt = (length: number): Entry[] => newestFirst.map((event) => recentEntry(event, plan, length));
  const ofSemantic = stable.items.reduce((sum, { layer, tokens }) => sum + (layer === 'SEMANTIC' ? tokens : 0), 0);
  const shares = shareOut(room, {
    SENSORY: Math.min(capOf('SENSORY'), costOf(recentAt(MAX_RECENT[0] ?? 0), RECENT_HEADING, countTokens, room)),
    ...Object.fromEntries(found.map(({ layer, part, heading, fresh }) => [part, Math.min(capOf(layer) - (layer === 'SEMANTIC' ? ofSemantic : 0), costOf(fresh, heading, countTokens, room))])),
    EPISODIC: Math.min(capOf('EPISODIC'), wanted === null ? 0 : sectionCost(wanted.section, countTokens)),
  }, weights);
  // A long last turn is better cut than missing.
  let recent: Entry[] = [];
  let longest = 0;
  for (const length of MAX_RECENT) {
    longest = length;
    recent = fill(recentAt(length), RECENT_HEADING, shares.SENSORY, countTokens, true);
    if (recent.length > 0) break;
  }
  const taken = new Map(found.map(({ part, heading, fresh }) => [part, fill(fresh, heading, shares[part], countTokens)]));
  const left = found.reduce((rest, { part, heading }) => rest - costOf(taken.get(part) ?? [], heading, countTokens), room - costOf(recent, RECENT_HEADING, countTokens));
  const episodes = pack?.(new Set([...recent.map(({ id }) => id), ...again]), Math.min(left, capOf('EPISODIC'))) ?? null;
  const dropped = new Set<string>();
  const ranked = [...(episodes?.byRank ?? [])];

  for (;;) {
    const episodic = episodes === null ? [] : [without(episodes.section, dropped)];
    const numbering = { counts: new Map(stable.numbering.counts) };
    const before = render([...found.map(({ part, heading }) => oneSection(heading, taken.get(part) ?? [])), ...episodic], numbering, countTokens);
    const after = render([oneSection(RECENT_HEADING, [...recent].reverse())], numbering, countTokens);
    const recalled = before.lines.map((line) => `${line}\n`).join('');
    const last = after.lines.map((line) => `${line}\n`).join('');
    if (countTokens(stable.text + recalled + last) > budget) {
      // Sums of lines are estimates of the whole: the least of it leaves until it fits.
      const worst = ranked.pop();
      if (worst !== undefined) { dropped.add(worst); continue; }
      if (LEAVING.some((part) => taken.get(part)?.pop() !== undefined)) continue;
      if (recent.length > 0) { recent = recent.slice(0, -1); continue; }
    }
    const kept = new Set(recent.map(({ id }) => id));
    const repeatedTurns = new Set(again);
    const asEntries = (ids: readonly string[]) => ids.map((id) => ({ kind: 'EVENT' as const, id, text: gathered.episodes?.rows.get(id)?.text ?? '', score: gathered.episodes?.ranked.find(({ eventId }) => eventId === id)?.score ?? null }));
    const missing = (gathered.episodes?.ranked ?? []).map(({ eventId }) => eventId).filter((id) => !kept.has(id) && !repeatedTurns.has(id) && !ranked.includes(id));
    return {
      recalled, last, items: [...before.items, ...after.items],
      turns: withText.filter(({ id }) => kept.has(id)).map((event) => ({ event, content: excerptAround(freshText(event), plan, longest) })),
      leftOut: [
        ...found.flatMap(({ layer, part, fresh, repeated }) => [
          leftOutOf(layer, 'BUDGET', fresh.filter((entry) => taken.get(part)?.includes(entry) !== true)), leftOutOf(layer, 'DUPLICATE', repeated),
        ]),
        leftOutOf('EPISODIC', 'BUDGET', asEntries(missing.slice(0, 3)), missing.length),
        leftOutOf('EPISODIC', 'DUPLICATE', asEntries(again.slice(0, 3)), again.length),
        leftOutOf('SENSORY', 'NO_TEXT', [], gathered.recent.length - withText.length),
        leftOutOf('SENSORY', 'BUDGET', recentAt(longest).filter(({ id }) => !kept.has(id))),
      ],
    };
  }
}

/** As ranking read it, if it did. */
const wordsOfTurn = (episodes: FoundEvents | null, id: string): Iterable<string> => episodes?.analyses.get(id)?.lexemes.keys() ?? wordsOf(episodes?.rows.get(id)?.text ?? '');

const without = ({ heading, groups }: Section, dropped: ReadonlySet<string>): Section => ({
  heading, groups: groups.map(({ title, entries }) => ({ title, entries: entries.filter(({ id }) => !dropped.has(id)) })),
});

const sectionCost = ({ heading, groups }: Section, countTokens: (text: string) => number): number =>
  groups.reduce((sum, { title, entries }) => sum + costOf(entries, title ?? '', countTokens), groups.length === 0 ? 0 : countTokens(`${heading}\n`));
