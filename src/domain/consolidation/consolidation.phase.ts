import { RetryLater } from '../../jobs/retry-later';
import type { Actor } from '../../kernel/actor';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { Bank } from '../bank/bank';
import type { BankStore } from '../bank/bank.store';
import type { FeedStore } from '../feed/feed';
import type { GenerationJob, GenerationStore, KeptDecision, OpenCandidate, Settlement } from '../generation/generation.store';
import { LeaseLost, type Lease, type LeaseStore } from '../generation/lease.store';
import { meteredFor, type MeteringStores } from '../generation/metering';
import { tellStep } from '../generation/progress';
import { createMemoryWriter, retryDuplicates } from '../memory/memory-writer';
import type { MemoryStore } from '../memory/memory.store';
import { applyDecision, StaleDecision } from './apply-decision';
import type { ConsolidationItem, Consolidator } from './consolidator';
import type { Neighbourhood } from './neighbourhood';
import { withPool } from './pool-lease';
import type { Weighable } from './rules/relation';
import { isOutdated, mayConcern, requireDecisions, seenOf, trivialDecision, withoutQuotations } from './weighing';

export interface ConsolidationPhase {
  /**
   * Weighs the open candidates against the pool, in order, and settles each in a transaction of its own. One generation at a
   * time works on a pool: the lease's token is checked in every write. Does nothing in another phase.
   * Rejects with RetryLater when another run holds the pool, or with what the consolidator threw.
   */
  run(actor: Actor, generationId: string, signal: AbortSignal): Promise<void>;
}

interface ConsolidationPhaseDeps {
  readonly generations: GenerationStore;
  readonly neighbourhood: Neighbourhood;
  readonly banks: BankStore;
  readonly leases: LeaseStore;
  readonly consolidator: Consolidator;
  readonly transact: Transact<MeteringStores & {
    readonly generations: GenerationStore; readonly memories: MemoryStore; readonly leases: LeaseStore;
    readonly feed: FeedStore; readonly outbox: JobOutbox;
  }>;
}

/** Candidates per question to the consolidator. */
const BATCH = 16;
/** How often a candidate is weighed again because a writer changed what it was weighed against. */
const MAX_WEIGHINGS = 5;
const RETRY_MS = 1000;

/** The generation left this phase meanwhile: it failed, or another run of its job settled the candidate. */
class Overtaken extends Error {}

/** One run: whose generation, with which bank, under which lease. `actor` is who asked for the generation. */
interface Run {
  readonly actor: Actor;
  readonly job: GenerationJob;
  readonly bank: Bank;
  readonly lease: Lease;
  readonly signal: AbortSignal;
}

export function createConsolidationPhase({ generations, neighbourhood, banks, leases, consolidator, transact }: ConsolidationPhaseDeps): ConsolidationPhase {
  const meter = meteredFor(transact);
  const itemOf = async ({ actor, job }: Run, { ordinal, candidate }: OpenCandidate): Promise<ConsolidationItem> => ({
    ordinal, candidate, neighbours: await neighbourhood.of(actor, job, candidate),
  });

  /** Asks about several candidates at once; answers that were paid for are kept before they are used. */
  const weigh = async (run: Run, items: readonly ConsolidationItem[]): Promise<KeptDecision[]> => {
    const trivial = items.flatMap((item) => trivialDecision(item, run.bank.consolidation) ?? []);
    const asked = items.filter(({ ordinal }) => !trivial.some((decision) => decision.ordinal === ordinal));
    const { decisions, usage } = asked.length === 0 ? { decisions: [], usage: [] } : await meter(run.actor, run.job.id, (taken) => consolidator.decide(asked, run.signal, taken));
    const byOrdinal = new Map([...trivial, ...requireDecisions(asked, decisions)].map((decision) => [decision.ordinal, decision]));
    const kept = items.flatMap((item) => {
      const decision = byOrdinal.get(item.ordinal);
      if (decision === undefined) return [];
      return [{ decision: usage.length > 0 ? withoutQuotations(decision, item) : decision, seen: seenOf(item.neighbours) }];
    });
    if (usage.length > 0) {
      await transact(async (stores) => {
        if ((await stores.generations.lock(run.actor, run.job.id)) === null) throw new Overtaken();
        await stores.generations.keepDecisions(run.actor, run.job.id, kept);
      });
    }
    return kept;
  };

  const apply = ({ actor, job, bank, lease }: Run, open: OpenCandidate, { decision, seen }: KeptDecision): Promise<Settlement> =>
    retryDuplicates(() =>
      transact(async (stores) => {
        await stores.leases.assert(actor, lease);
        const step = await stores.generations.advance(actor, job.id, 'CONSOLIDATE', 1);
        if (step === null) throw new Overtaken();
        const writer = createMemoryWriter(stores, { actor, bank, generationId: job.id });
        const settlement = await applyDecision({ actor, job, bank, open, decision, seen, memories: stores.memories, writer });
        if (!(await stores.generations.settle(actor, job.id, open.ordinal, settlement))) throw new Overtaken();
        if (step.done % BATCH === 0 || step.done === step.total) await tellStep(stores.feed, actor, job.id, step);
        return settlement;
      }));

  /** Applies a decision, weighing again as often as what it speaks of changed meanwhile. @returns the statement written, if any */
  const settle = async (run: Run, open: OpenCandidate, decided: KeptDecision | undefined): Promise<Weighable | null> => {
    for (let weighings = 0, kept = decided; weighings < MAX_WEIGHINGS; weighings += 1) {
      kept ??= (await weigh(run, [await itemOf(run, open)]))[0];
      if (kept === undefined) throw new Error('a candidate was weighed without a decision');
      try {
        const { outcome } = await apply(run, open, kept);
        const { decision } = kept;
        if (outcome !== 'CREATED' && outcome !== 'UPDATED') return null;
        return decision.action === 'refine' ? { ...open.candidate, fact: decision.fact } : open.candidate;
      } catch (error) {
        if (!(error instanceof StaleDecision)) throw error;
        kept = undefined;
      }
    }
    throw new RetryLater(RETRY_MS, 'the memories beside a candidate keep changing');
  };

  /** An answer from before a crash counts as long as nothing came since that it should have seen. */
  const stillValid = async (run: Run, open: OpenCandidate, kept: KeptDecision): Promise<KeptDecision | undefined> =>
    isOutdated(await itemOf(run, open), kept.seen) ? undefined : kept;

  /** Candidates of one batch may say the same: one is weighed again when an earlier one wrote what may concern it. */
  const settleBatch = async (run: Run, batch: readonly OpenCandidate[]): Promise<void> => {
    const undecided: ConsolidationItem[] = [];
    await neighbourhood.prepare(run.actor);
    for (const open of batch) if (open.kept === null) undecided.push(await itemOf(run, open));
    const decisions = new Map((await weigh(run, undecided)).map((kept) => [kept.decision.ordinal, kept]));
    const written: Weighable[] = [];
    for (const open of batch) {
      run.signal.throwIfAborted();
      const concerned = written.some((statement) => mayConcern(open.candidate, statement));
      const fresh = concerned ? undefined : decisions.get(open.ordinal);
      const statement = await settle(run, open, open.kept === null ? fresh : await stillValid(run, open, open.kept));
      if (statement !== null) written.push(statement);
    }
  };

  /** Every candidate is settled: on to the vectors of what was made or reworded, or to the end. */
  const finish = ({ actor, job, lease }: Run): Promise<void> =>
    transact(async (stores) => {
      await stores.leases.assert(actor, lease);
      const current = await stores.generations.lock(actor, job.id);
      if (current === null || !isConsolidating(current)) return;
      const outcomes = await stores.generations.outcomes(actor, job.id);
      if (outcomes.has(null)) return;
      const written = (outcomes.get('CREATED') ?? 0) + (outcomes.get('UPDATED') ?? 0);
      if (written > 0) await stores.outbox.enqueue(actor, 'memory.embedding', { tenantId: actor.tenantId, memoryIds: [], generationId: job.id }, job.priority);
      const next = await stores.generations.change(actor, job.id, written > 0
        ? { phase: 'EMBED', done: 0, total: written }
        : { phase: 'DONE', status: 'COMPLETED', finished: true });
      await tellStep(stores.feed, actor, job.id, next);
    });

  const settleAll = async (run: Run): Promise<void> => {
    for (;;) {
      run.signal.throwIfAborted();
      const batch = await generations.open(run.actor, run.job.id, BATCH);
      if (batch.length === 0) return finish(run);
      await settleBatch(run, batch);
    }
  };

  return {
    async run(worker, generationId, signal) {
      const job = await generations.job(worker, generationId);
      if (job === null || !isConsolidating(job)) return;
      const actor: Actor = { ...worker, principalId: job.principalId };
      const bank = await banks.get(actor, job.bankId);
      if (bank === null) return;
      try {
        await withPool(leases, actor, job, signal, (lease, held) => settleAll({ actor, job, bank, lease, signal: held }));
      } catch (error) {
        if (error instanceof Overtaken) return;
        if (error instanceof LeaseLost) throw new RetryLater(RETRY_MS, error.message);
        throw error;
      }
    },
  };
}

const isConsolidating = ({ status, phase }: Pick<GenerationJob, 'status' | 'phase'>): boolean => phase === 'CONSOLIDATE' && status === 'PROCESSING';
