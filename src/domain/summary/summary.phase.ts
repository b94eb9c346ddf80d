import { randomUUID } from 'node:crypto';
import { RetryLater } from '../../jobs/retry-later';
import type { Actor } from '../../kernel/actor';
import type { Tokenizer } from '../../platform/tokenizer/tokenizer.port';
import type { LeaseStore } from '../generation/lease.store';
import type { Event } from '../session/event';
import { freshText, speakerOf } from '../session/spoken';
import { metered } from '../usage/metered';
import type { UsageStore } from '../usage/usage.store';
import { KEPT_EVENTS, MAX_SUMMARY_TOKENS, type SummaryBounds } from './summary';
import { textOf, type Summarizer } from './summarizer';
import type { SummaryStore } from './summary.store';

export interface SummaryPhase {
  /**
   * Writes the next revisions of a session's summary while more events than the bounds allow stand outside of it; nothing otherwise.
   * Safe to run twice, and at once: a range is summarized once. @throws RetryLater when another run has the session; GatewayError UNAVAILABLE
   */
  run(actor: Actor, sessionId: string, signal: AbortSignal): Promise<void>;
}

interface SummaryPhaseDeps {
  readonly summaries: SummaryStore;
  /** The event store satisfies it. */
  readonly reader: { readRange(actor: Actor, sessionId: string, fromSeq: number, limit: number): Promise<Event[]> };
  readonly leases: LeaseStore;
  readonly summarizer: Summarizer;
  readonly tokenizer: Tokenizer;
  readonly usage: UsageStore;
  readonly bounds: SummaryBounds;
}

/** Events of one revision at most, and their tokens: what a model reads at once. */
const PAGE = 200;
const MAX_READ_TOKENS = 16_000;
const LEASE_MS = 180_000;
const RETRY_MS = 3000;
/** As much of an event is read; in characters. */
const MAX_TEXT = 20_000;

const textOfEvent = (event: Event): string => freshText(event).slice(0, MAX_TEXT).toWellFormed();

export function createSummaryPhase({ summaries, reader, leases, summarizer, tokenizer, usage, bounds }: SummaryPhaseDeps): SummaryPhase {
  const countTokens = (text: string): number => tokenizer.count(text);

  /** The events of the next revision, null when what stands outside is within bounds. */
  const due = async (actor: Actor, sessionId: string, covered: number): Promise<readonly Event[] | null> => {
    const events = await reader.readRange(actor, sessionId, covered + 1, PAGE + KEPT_EVENTS);
    const tokens = events.map((event) => countTokens(textOfEvent(event)));
    const total = tokens.reduce((sum, count) => sum + count, 0);
    if (events.length <= bounds.events && total <= bounds.tokens) return null;
    // The newest stay: ten, or fewer when even they outgrow half of the bound; the last one always.
    let kept = 0;
    for (let sum = 0; kept < Math.min(KEPT_EVENTS, bounds.events - 1, events.length); kept += 1) {
      sum += tokens[events.length - 1 - kept] ?? 0;
      if (kept > 0 && sum > bounds.tokens / 2) break;
    }
    const taken = events.slice(0, events.length - Math.max(1, kept)).slice(0, PAGE);
    let read = 0;
    const end = taken.findIndex((_, index) => (read += tokens[index] ?? 0) > MAX_READ_TOKENS);
    const fitting = end === -1 ? taken : taken.slice(0, Math.max(1, end));
    return fitting.length === 0 ? null : fitting;
  };

  /** @returns whether to look again */
  const step = async (actor: Actor, sessionId: string, signal: AbortSignal): Promise<boolean> => {
    const [latest = null] = await summaries.latestOfMany(actor, [sessionId]);
    const events = await due(actor, sessionId, latest?.toSeq ?? 0);
    const last = events?.at(-1);
    if (events === null || last === undefined) return false;
    const turns = events.map((event) => ({ seq: event.seq, speaker: speakerOf(event), isTool: event.author === 'TOOL', text: textOfEvent(event) })).filter(({ text }) => text !== '');
    const before = latest?.points ?? [];
    const points = turns.length === 0 ? before : await metered((taken) => usage.record(actor, taken), (meter) =>
      summarizer.summarize({ before, turns, maxTokens: MAX_SUMMARY_TOKENS, countTokens, signal, meter }));
    const isAdded = await summaries.add(actor, {
      sessionId, revision: (latest?.revision ?? 0) + 1, fromSeq: 1, toSeq: last.seq, points, tokens: countTokens(textOf(points)), writer: summarizer.name,
    });
    // Another run was quicker, or the session is gone: the next look tells.
    if (!isAdded) throw new RetryLater(RETRY_MS, 'another run summarized the session');
    return true;
  };

  return {
    async run(actor, sessionId, signal) {
      if (bounds.events === 0) return;
      const lease = await leases.acquire(actor, `summary ${sessionId}`, randomUUID(), LEASE_MS);
      if (lease === null) throw new RetryLater(RETRY_MS, 'another run summarizes the session');
      try {
        while (await step(actor, sessionId, signal)) {
          signal.throwIfAborted();
          await leases.renew(actor, lease, LEASE_MS);
        }
      } finally {
        await leases.release(actor, lease);
      }
    },
  };
}
