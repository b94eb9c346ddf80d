import type { Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { systemClock } from '../../kernel/clock';
import { GatewayError } from '../../kernel/errors';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import { enabledTopics, type Bank } from '../bank/bank';
import type { BankStore } from '../bank/bank.store';
import type { Extractor, LeftOut, SourceTurn } from '../extraction/extractor';
import type { FeedStore } from '../feed/feed';
import type { Event } from '../session/event';
import type { SessionReader } from './generation.service';
import { admit, admitFacts, leftOutOf } from './admission';
import type { Generation } from './generation';
import type { CandidateDraft, GenerationJob, GenerationStore } from './generation.store';
import { meteredFor, type MeteringStores } from './metering';
import { tellStep } from './progress';
import { turnsOf, turnsOfText } from './source-turns';

/** What extraction needs of events; the event store satisfies it. */
export interface EventReader {
  readRange(actor: Actor, sessionId: string, fromSeq: number, limit: number): Promise<Event[]>;
}

export interface ExtractionPhase {
  /**
   * Extracts window by window until the source is read, then hands over to consolidation. Each window is committed with the
   * cursor behind it, so a run after a crash goes on at the window that was not committed. Does nothing in another phase.
   * Rejects with what the extractor threw, with NOT_FOUND when the session went before all of its range was extracted, or with
   * the signal's reason.
   */
  run(actor: Actor, generationId: string, signal: AbortSignal): Promise<void>;
}

interface ExtractionPhaseDeps {
  readonly generations: GenerationStore;
  readonly banks: BankStore;
  readonly events: EventReader;
  readonly extractor: Extractor;
  readonly transact: Transact<MeteringStores & { readonly generations: GenerationStore; readonly sessions: SessionReader; readonly feed: FeedStore; readonly outbox: JobOutbox }>;
  readonly clock?: Clock;
}

/** The next piece of a source. */
interface Window {
  readonly turns: readonly SourceTurn[];
  readonly leftOut: readonly LeftOut[];
  readonly units: number;
  readonly cursor: number;
  /** Nothing comes after it. */
  readonly last: boolean;
}

interface Extracted {
  readonly drafts: readonly CandidateDraft[];
  readonly leftOut: readonly LeftOut[];
  /** Who answered; null where nobody was asked. */
  readonly by: string | null;
}

export function createExtractionPhase({ generations, banks, events, extractor, transact, clock = systemClock }: ExtractionPhaseDeps): ExtractionPhase {
  const meter = meteredFor(transact);
  const readWindow = async (actor: Actor, { source, cursor }: GenerationJob): Promise<Window> => {
    switch (source.kind) {
      case 'session': {
        const from = Math.max(cursor + 1, source.fromSeq);
        const limit = Math.min(extractor.windowTurns, source.toSeq - from + 1);
        const read = limit < 1 ? [] : await events.readRange(actor, source.sessionId, from, limit);
        if (limit >= 1 && read.length === 0) throw sessionGone();
        const reached = read.at(-1)?.seq ?? source.toSeq;
        return { ...turnsOf(read), units: read.length, cursor: reached, last: reached >= source.toSeq };
      }
      case 'text': {
        const parts = turnsOfText(source);
        const turns = parts.slice(cursor, cursor + extractor.windowTurns);
        const reached = cursor + turns.length;
        return { turns, leftOut: [], units: turns.length, cursor: reached, last: reached >= parts.length };
      }
      case 'facts':
        return { turns: [], leftOut: [], units: source.facts.length, cursor: source.facts.length, last: true };
    }
  };

  const extract = async (actor: Actor, bank: Bank, { id, source }: GenerationJob, { turns, leftOut }: Window, signal: AbortSignal): Promise<Extracted> => {
    if (source.kind === 'facts') return { drafts: admitFacts(source.facts, clock.now()), leftOut, by: null };
    if (turns.length === 0) return { drafts: [], leftOut, by: null };
    const topics = enabledTopics(bank);
    const answer = await meter(actor, id, (taken) =>
      extractor.extract({ turns, topics, examples: bank.examples, instructions: bank.instructions, signal, meter: taken }));
    return {
      drafts: admit(answer, turns, new Set(topics.map(({ name }) => name))),
      leftOut: [...leftOut, ...leftOutOf(answer, turns)],
      by: answer.usage.at(-1)?.model ?? null,
    };
  };

  /** One transaction: candidates, cursor, progress and, after the last window, the next phase with its job. */
  const commit = (actor: Actor, job: GenerationJob, window: Window, extracted: Extracted): Promise<boolean> =>
    transact(async (stores) => {
      const current = await stores.generations.lock(actor, job.id);
      if (current === null || !isExtracting(current) || current.cursor !== job.cursor) return false;
      // A session deleted while the extractor thought gives nothing any more: who deletes it waits for the lock held here.
      if (job.source.kind === 'session') await requireSession(stores.sessions, actor, job.source.sessionId);
      await stores.generations.addCandidates(actor, job.id, extracted.drafts);
      const moved = await stores.generations.change(actor, job.id, {
        status: 'PROCESSING', cursor: window.cursor, done: Math.min(current.total, current.done + window.units),
        leftOut: extracted.leftOut, extractor: extracted.by ?? current.extractor ?? extractor.name,
      });
      await tellStep(stores.feed, actor, job.id, moved);
      if (!window.last) return true;
      await stores.generations.forgetSource(actor, job.id);
      const open = (await stores.generations.outcomes(actor, job.id)).get(null) ?? 0;
      if (open > 0) await stores.outbox.enqueue(actor, 'memory.consolidation', { tenantId: actor.tenantId, generationId: job.id }, job.priority);
      const next = await stores.generations.change(actor, job.id, open > 0
        ? { phase: 'CONSOLIDATE', done: 0, total: open }
        : { phase: 'DONE', status: 'COMPLETED', finished: true });
      await tellStep(stores.feed, actor, job.id, next);
      return false;
    });

  return {
    async run(actor, generationId, signal) {
      for (let more = true; more; ) {
        signal.throwIfAborted();
        const job = await generations.job(actor, generationId);
        if (job === null || !isExtracting(job)) return;
        const bank = await banks.get(actor, job.bankId);
        if (bank === null) return;
        const window = await readWindow(actor, job);
        more = await commit(actor, job, window, await extract(actor, bank, job, window, signal));
      }
    },
  };
}

const sessionGone = (): GatewayError => new GatewayError('NOT_FOUND', 'the session is gone');

async function requireSession(sessions: SessionReader, actor: Actor, id: string): Promise<void> {
  const [session] = await sessions.getMany(actor, [id]);
  if (session === undefined || session === null) throw sessionGone();
}

const isExtracting = ({ status, phase }: Pick<Generation, 'status' | 'phase'>): boolean =>
  phase === 'EXTRACT' && (status === 'PENDING' || status === 'PROCESSING');
