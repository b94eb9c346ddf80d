import type { Actor } from '../../kernel/actor';
import { rankEvents, type EventRow, type RankedEvent } from './event-ranking';
import type { Lexicon } from './lexicon';
import { planQuery, type RankingQuery } from './query-planning';
import type { EventSearchStore, FoundEvent, Search } from './search.store';
import type { Degradation } from './recall';
import { SEED_LIMITS, seedTerms } from './seed-terms';
import { analyze, type Analysis } from './text-analysis';

export interface FoundEvents {
  /** The query with the speakers it names, and corrected words. */
  readonly plan: RankingQuery;
  readonly corrections: ReadonlySet<string>;
  /** Best first; only events that pass the filter and have text. */
  readonly ranked: readonly RankedEvent[];
  /** Every row that was looked at. */
  readonly rows: ReadonlyMap<string, FoundEvent>;
  /** Their words, where ranking had to look at them. */
  readonly analyses: ReadonlyMap<string, Analysis>;
  /** OBJECTS when something matched whose text could not be read now. */
  readonly degraded: readonly Degradation[];
  /** True when the query had no content word: newest first then. */
  readonly isNewestFirst: boolean;
}

export interface EventSearch {
  /** `asker` is the name of who asks: “my dog” is then theirs. */
  find(actor: Actor, search: Search, options?: { readonly asker?: string | null }): Promise<FoundEvents>;
}

interface EventSearchDeps {
  readonly store: EventSearchStore;
  readonly lexicon: Lexicon;
}

/** Beyond these the answer is hardly found, and each brings its neighbours along. */
const SEEDS = 120;
const NEWEST = 100;
/** Each match costs the read of a wide row: in 100,000 events twice as many took twice as long. */
const LIMITS = { ...SEED_LIMITS, maxPostings: 10_000 };

export function createEventSearch({ store, lexicon }: EventSearchDeps): EventSearch {
  return {
    async find(actor, { pools, query, filter }, { asker } = {}) {
      const bare = planQuery(query);
      if (bare.terms.size === 0) {
        const newest = await store.newest(actor, pools, filter, NEWEST);
        const found = withText(newest);
        const ranked = found.map(({ eventId }, index): RankedEvent => ({ eventId, score: 1 - index / NEWEST, parts: {} }));
        return { plan: bare, corrections: new Set(), ranked, rows: byId(found), analyses: new Map(), degraded: degradedBy(newest), isNewestFirst: true };
      }
      const { plan: seeding, stats, corrections } = await lexicon.inform(actor, 'events', bare);
      const terms = seedTerms(seeding, stats, LIMITS);
      const seeds = await store.find(actor, pools, filter, { terms, averageLength: stats.averageLength }, SEEDS);
      const found = withText(seeds);
      const speakers = [...new Set(found.map(({ speaker }) => speaker))];
      const isKnown = asker !== null && asker !== undefined && speakers.includes(asker);
      const named = planQuery(query, { speakers, ...(isKnown ? { asker } : {}) });
      const plan = { ...named, terms: new Map([...named.terms, ...[...seeding.terms].filter(([lexeme]) => corrections.has(lexeme))]) };
      const rows = byId(found);
      const candidates = found.map((event): EventRow => ({ ...event, analysis: analyze(event.text) }));
      const ranked = rankEvents(plan, candidates, stats).filter(({ eventId, score }) => score > 0 && rows.get(eventId)?.matches === true);
      const analyses = new Map(candidates.map(({ eventId, analysis }) => [eventId, analysis]));
      return { plan, corrections, ranked, rows, analyses, degraded: degradedBy(seeds), isNewestFirst: false };
    },
  };
}

const byId = (events: readonly FoundEvent[]): ReadonlyMap<string, FoundEvent> => new Map(events.map((event) => [event.eventId, event]));
const degradedBy = (events: readonly FoundEvent[]): readonly Degradation[] => (events.some(({ whole }) => whole === 'away') ? ['OBJECTS'] : []);
const withText = (events: readonly FoundEvent[]): FoundEvent[] => events.filter(({ text }) => text.trim() !== '');
