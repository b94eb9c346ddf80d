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

  /** How many of the texts, from the first on, have at most `most` tokens together. No token is less than a byte: short texts are not counted. */
  const fitting = (texts: readonly string[], most: number): number => {
    if (texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) <= most) return texts.length;
    let tokens = 0;
    const end = texts.findIndex((text) => (tokens += countTokens(text)) > most);
    return end === -1 ? texts.length : end;
  };

  /** The events of the next revision, null when what stands outside is within bounds. */
  const due = async (actor: Actor, sessionId: string, covered: number): Promise<readonly Event[] | null> => {
    const events = await reader.readRange(actor, sessionId, covered + 1, PAGE + KEPT_EVENTS);
    const texts = events.map(textOfEvent);
    if (events.length <= bounds.events && fitting(texts, bounds.tokens) === texts.length) return null;
    // The newest stay: ten, or fewer when even they outgrow half of the bound; the last one always.
    const most = Math.min(KEPT_EVENTS, bounds.events - 1);
    const kept = most === 0 ? 0 : fitting(texts.slice(-most).reverse(), bounds.tokens / 2);
    const taken = events.slice(0, events.length - Math.max(1, kept)).slice(0, PAGE);
    return taken.length === 0 ? null : taken.slice(0, Math.max(1, fitting(texts.slice(0, taken.length), MAX_READ_TOKENS)));
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
        let heldFrom = performance.now();
        while (await step(actor, sessionId, signal)) {
          signal.throwIfAborted();
          // Without a model a step takes milliseconds.
          if (performance.now() - heldFrom < LEASE_MS / 10) continue;
          await leases.renew(actor, lease, LEASE_MS);
          heldFrom = performance.now();
        }
      } finally {
        await leases.release(actor, lease);
      }
    },
  };
}
