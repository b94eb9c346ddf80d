import type { Actor } from '../../kernel/actor';
import { assertNever } from '../../kernel/errors';
import { newId } from '../../kernel/ids';
import type { Bank } from '../bank/bank';
import type { GenerationJob, OpenCandidate, Settlement } from '../generation/generation.store';
import { grownConfidence, withEvidence } from '../memory/evidence';
import { factHash } from '../memory/fingerprint';
import { SUPERSEDED_REASON } from '../memory/memory';
import { MAX_FACT_LENGTH, MAX_TOPICS } from '../memory/memory-rules';
import type { MemoryWriter } from '../memory/memory-writer';
import type { MemoryState, MemoryStore, StoredMemory } from '../memory/memory.store';
import { settleBuried } from './buried';
import type { Decision } from './consolidator';

/** The memory a decision speaks of changed since: weigh the candidate again. */
export class StaleDecision extends Error {
  override readonly name = 'StaleDecision';
}

export interface Application {
  readonly actor: Actor;
  readonly job: GenerationJob;
  readonly bank: Pick<Bank, 'ttls' | 'consolidation'>;
  readonly open: OpenCandidate;
  readonly decision: Decision;
  /** `id@revision` of what was weighed. */
  readonly seen: readonly string[];
  readonly memories: MemoryStore;
  readonly writer: MemoryWriter;
}

/**
 * Writes what a decision means, inside the caller's transaction, and says what became of the candidate.
 * @throws StaleDecision when the memory it speaks of changed; DuplicateStatement when a concurrent writer was first
 */
export async function applyDecision(application: Application): Promise<Settlement> {
  const { decision } = application;
  switch (decision.action) {
    case 'create': return create(application);
    case 'duplicate': return confirm(application, await target(application, decision.memoryId));
    case 'refine': return refine(application, await target(application, decision.memoryId), decision.fact);
    case 'contradict': return contradict(application, await target(application, decision.memoryId));
    case 'retract': return retract(application, await target(application, decision.memoryId));
    case 'quarantine': return { outcome: 'QUARANTINED', memoryId: null, revision: null, reason: decision.reason };
    default: return assertNever(decision);
  }
}

/** The memory as it was weighed, locked. */
async function target({ actor, seen, memories }: Application, memoryId: string): Promise<StoredMemory> {
  const memory = await memories.lock(actor, memoryId);
  if (memory === null || memory.supersededBy !== null || !seen.includes(`${memory.id}@${memory.revision}`)) throw new StaleDecision();
  return memory;
}

const outcome = (kind: Settlement['outcome'], memory: Pick<StoredMemory, 'id' | 'revision'>, reason: string): Settlement => ({
  outcome: kind, memoryId: memory.id, revision: memory.revision, reason,
});

/** Where a bank does not consolidate, only the same words are the same: the claim, which the database keeps unique, is left out. */
const stateOf = ({ bank, open: { candidate, statedAt } }: Application): MemoryState => ({
  ...candidate, ...(bank.consolidation ? {} : { subject: null, attribute: null, value: null, exclusive: false }), evidenceCount: 1, statedAt, metadata: {}, revision: 1, supersededBy: null, supersededAt: null,
});
const evidenceOf = ({ open: { candidate, statedAt } }: Application) => ({ ...candidate, statedAt });
const causeOf = (action: 'GENERATED_CREATED' | 'GENERATED_UPDATED', { open, decision }: Application) => ({
  action, reason: decision.reason, candidates: [open.candidate.fact],
});
/** A bank without a TTL for updates leaves the expiry as it is. */
const updateTtl = ({ bank }: Application): number | undefined => bank.ttls.generatedUpdated ?? undefined;
const draftOf = (application: Application, state: MemoryState) => ({
  bankId: application.job.bankId, scope: application.job.scope, sessionId: application.job.sessionId, state, ttl: application.bank.ttls.generatedCreated,
});

/** The same statement, said no later than when it was superseded, was weighed then: it does not come back. */
async function alreadyPast({ actor, job, open, memories }: Application): Promise<Settlement | null> {
  const past = await memories.pastTwin(actor, job, open.candidate);
  if (past === null || past.statedAt < open.statedAt) return null;
  return outcome('UNCHANGED', past, 'known from earlier; something newer has replaced it');
}

async function create(application: Application): Promise<Settlement> {
  const { actor, job, memories, writer, decision } = application;
  const past = await alreadyPast(application);
  if (past !== null) return past;
  const state = stateOf(application);
  const twin = await memories.lockTwin(actor, job, state, null);
  if (twin !== null) return confirm(application, twin, 'already known');
  const buried = await settleBuried(application, state);
  if (buried !== null) return buried;
  return outcome('CREATED', await writer.make(draftOf(application, state), causeOf('GENERATED_CREATED', application)), decision.reason);
}

async function confirm(application: Application, memory: StoredMemory, reason = application.decision.reason): Promise<Settlement> {
  return outcome('UNCHANGED', await application.writer.confirm(memory, evidenceOf(application), updateTtl(application)), reason);
}

async function refine(application: Application, memory: StoredMemory, wanted: string): Promise<Settlement> {
  const { actor, memories, writer, open: { candidate, statedAt } } = application;
  const trimmed = wanted.replaceAll('\u0000', '').toWellFormed().trim();
  const fact = trimmed === '' || trimmed.length > MAX_FACT_LENGTH ? candidate.fact : trimmed;
  if (factHash(fact).equals(factHash(memory.fact))) return confirm(application, memory);
  const hasClaim = candidate.subject !== null && candidate.attribute !== null && candidate.value !== null;
  const state: MemoryState = {
    ...(withEvidence(memory, evidenceOf(application)) ?? memory),
    ...(hasClaim ? { subject: candidate.subject, attribute: candidate.attribute, value: candidate.value, exclusive: candidate.exclusive } : {}),
    fact,
    topics: [...new Set([...memory.topics, ...candidate.topics])].slice(0, MAX_TOPICS),
    confidence: grownConfidence(memory.confidence, candidate.confidence),
    validFrom: candidate.validFrom ?? memory.validFrom,
    validTo: candidate.validTo ?? memory.validTo,
    statedAt: statedAt > memory.statedAt ? statedAt : memory.statedAt,
    revision: memory.revision + 1,
  };
  const twin = await memories.lockTwin(actor, application.job, state, memory.id);
  if (twin !== null) return confirm(application, twin, 'another memory already says so');
  const buried = await settleBuried(application, candidate, [state]);
  if (buried !== null) return buried;
  return outcome('UPDATED', await writer.revise(memory, state, causeOf('GENERATED_UPDATED', application), updateTtl(application)), application.decision.reason);
}

async function contradict(application: Application, memory: StoredMemory): Promise<Settlement> {
  const { actor, memories, writer, job, open: { candidate, statedAt }, decision } = application;
  const past = await alreadyPast(application);
  if (past !== null) return past;
  const twin = await memories.lockTwin(actor, job, candidate, memory.id);
  const buried = twin === null ? await settleBuried(application, candidate) : null;
  if (buried !== null) return buried;
  if (statedAt < memory.statedAt) {
    const ended = candidate.validTo ?? memory.validFrom ?? memory.statedAt;
    const state: MemoryState = { ...stateOf(application), supersededBy: memory.id, validTo: notBefore(candidate.validFrom, ended) };
    const earlier = await writer.make(draftOf(application, state), causeOf('GENERATED_CREATED', application));
    return outcome('CREATED', earlier, 'said before what is known now, so it is kept as past');
  }
  const successor = twin?.id ?? newId();
  // The stored reason quotes nothing: erasing the successor must not leave its words in this memory's history. Readers see its words.
  await writer.revise(
    memory,
    { ...memory, supersededBy: successor, validTo: endOf(memory, candidate.validFrom ?? statedAt), revision: memory.revision + 1 },
    { action: 'SUPERSEDED', reason: SUPERSEDED_REASON, candidates: [] },
    undefined,
  );
  if (twin !== null) return confirm(application, twin);
  const created = await writer.make({ ...draftOf(application, stateOf(application)), id: successor }, causeOf('GENERATED_CREATED', application));
  return outcome('CREATED', created, decision.reason);
}

const notBefore = (from: Date | null, to: Date): Date => (from !== null && to < from ? from : to);
const endOf = (memory: StoredMemory, ended: Date): Date =>
  notBefore(memory.validFrom, memory.validTo !== null && memory.validTo < ended ? memory.validTo : ended);

async function retract(application: Application, memory: StoredMemory): Promise<Settlement> {
  const { writer, open, decision } = application;
  if (open.statedAt < memory.statedAt) return outcome('UNCHANGED', memory, 'it was said again after this, so it stays');
  const revision = await writer.hide(memory, { action: 'DELETED', reason: decision.reason, candidates: [] });
  return outcome('DELETED', { id: memory.id, revision }, decision.reason);
}
