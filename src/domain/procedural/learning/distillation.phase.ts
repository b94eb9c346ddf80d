import type { Actor } from '../../../kernel/actor';
import type { Clock } from '../../../kernel/clock';
import { newId } from '../../../kernel/ids';
import { canonicalJson } from '../../../kernel/json';
import type { Transact } from '../../../kernel/transact';
import { metered } from '../../usage/metered';
import type { UsageStore } from '../../usage/usage.store';
import { actionToken, tokenHash } from '../action-token';
import type { Trajectory } from '../procedure';
import type { ProcedureStore } from '../procedure.store';
import { isNearlyWithin } from './alignment';
import { draftCandidate, type Seen } from './candidate-draft';
import type { Describer } from './describer';
import type { Distillation } from './distillation';
import type { DistillationStore, KnownPattern } from './distillation.store';
import { minePatterns, type Pattern } from './mining';

export interface DistillationPhaseRunner {
  /**
   * Reads the newest trajectories of the job's pool, mines them and proposes what was not decided before; safe to run again.
   * Rejects with UNAVAILABLE when the model cannot answer: what it described by then is kept and not asked for again.
   */
  run(actor: Actor, distillationId: string, signal: AbortSignal): Promise<void>;
  /** Ends a job that cannot go on. */
  fail(actor: Actor, distillationId: string, error: NonNullable<Distillation['error']>): Promise<void>;
}

interface Stores {
  readonly procedures: ProcedureStore;
  readonly distillations: DistillationStore;
  readonly usage: UsageStore;
}

interface DistillationDeps {
  readonly procedures: Pick<ProcedureStore, 'list'>;
  readonly distillations: DistillationStore;
  readonly describer: Describer;
  readonly transact: Transact<Stores>;
  readonly clock: Clock;
}

const PAGE = 100;
const MAX_TRAJECTORIES = 1000;
const MAX_STEPS = 20_000;
const [MIN_LENGTH, MAX_LENGTH, MAX_PATTERNS] = [3, 12, 20];

export function createDistillationPhase({ procedures, distillations, describer, transact, clock }: DistillationDeps): DistillationPhaseRunner {
  const read = async (actor: Actor, { scope }: Distillation, signal: AbortSignal): Promise<{ trajectories: Trajectory[]; isLimited: boolean }> => {
    const trajectories: Trajectory[] = [];
    let steps = 0;
    for (let after: string | null = null; ;) {
      signal.throwIfAborted();
      const page = await procedures.list(actor, { scope, match: 'EXACT', kind: 'TRAJECTORY' }, { limit: PAGE, after });
      for (const item of page) {
        if (item.kind !== 'TRAJECTORY') continue;
        steps += item.steps.length;
        if (trajectories.length >= MAX_TRAJECTORIES || steps > MAX_STEPS) return { trajectories, isLimited: true };
        trajectories.push(item);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return { trajectories, isLimited: false };
      after = last.id;
    }
  };

  const propose = async (actor: Actor, job: Distillation, seen: Seen, known: readonly KnownPattern[], signal: AbortSignal): Promise<void> => {
    const { content, evidence } = draftCandidate(seen);
    const signature = signatureOf(actor, seen.pattern);
    const own = known.find((pattern) => pattern.candidate !== null && same(pattern.signature, signature))?.candidate;
    // A model is paid once for the same evidence.
    const isSame = own?.describedBy === describer.name && canonicalJson(own.evidence) === canonicalJson(evidence);
    if (isSame && (describer.isPaid || canonicalJson(own.content) === canonicalJson(content))) return;
    const described = await metered((taken) => transact(({ usage }) => usage.record(actor, taken)), (meter) => describer.describe(content, seen, signal, meter));
    await transact(async (stores) => {
      // What was deleted while the model thought must not be quoted.
      const there = await stores.procedures.getMany(actor, evidence.map(({ trajectoryId }) => trajectoryId));
      if (there.includes(null)) return;
      const { support, confidence } = seen.pattern;
      await stores.distillations.propose(actor, { id: newId(clock.now().getTime()), scope: job.scope, signature, support, confidence, content: described, evidence, describedBy: describer.name });
    });
  };

  return {
    async run(actor, distillationId, signal) {
      const [job] = await distillations.getMany(actor, [distillationId]);
      if (job === undefined || job === null || !(await distillations.change(actor, job.id, { status: 'PROCESSING', phase: 'READ' }))) return;
      const { trajectories, isLimited } = await read(actor, job, signal);
      await distillations.change(actor, job.id, { phase: 'MINE', trajectories: trajectories.length, isLimited });
      const sequences = trajectories.map(({ id, steps, outcome }) => ({ id, outcome, tokens: steps.map(({ action }) => actionToken(action)) }));
      const { minSupport, minConfidence } = job;
      const found = await minePatterns(sequences, { minSupport, minConfidence, minLength: MIN_LENGTH, maxLength: MAX_LENGTH, maxPatterns: MAX_PATTERNS }, signal);
      const known = await distillations.known(actor, job.scope);
      const patterns = found.filter((pattern) => !isDecided(signatureOf(actor, pattern), known));
      await distillations.change(actor, job.id, { phase: 'DESCRIBE', total: patterns.length, done: 0 });
      const byId = new Map(trajectories.map((trajectory) => [trajectory.id, trajectory]));
      for (const [index, pattern] of patterns.entries()) {
        signal.throwIfAborted();
        await propose(actor, job, { pattern, trajectories: byId }, known, signal);
        await distillations.change(actor, job.id, { done: index + 1 });
      }
      await transact(async (stores) => {
        const proposed = await stores.distillations.withdrawOthers(actor, job.scope, patterns.map((pattern) => signatureOf(actor, pattern)));
        await stores.distillations.change(actor, job.id, { status: 'COMPLETED', phase: 'DONE', proposed });
      });
    },

    async fail(actor, distillationId, error) {
      await distillations.change(actor, distillationId, { status: 'FAILED', error });
    },
  };
}

const signatureOf = ({ tenantId }: Actor, { tokens }: Pattern): string[] => tokens.map((token) => tokenHash(tenantId, token));
const same = (a: readonly string[], b: readonly string[]): boolean => a.join(' ') === b.join(' ');

/** Accepted, rejected or deleted before, as it is or nearly so. */
const isDecided = (signature: readonly string[], known: readonly KnownPattern[]): boolean =>
  known.some((pattern) => pattern.candidate?.status !== 'PROPOSED' && (isNearlyWithin(signature, pattern.signature) || isNearlyWithin(pattern.signature, signature)));
