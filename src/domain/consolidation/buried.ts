import type { Bank } from '../bank/bank';
import type { GenerationJob, OpenCandidate, Settlement } from '../generation/generation.store';
import type { Statement } from '../memory/fingerprint';
import type { MemoryStore } from '../memory/memory.store';
import type { Actor } from '../../kernel/actor';
import { relationOf, type Weighable } from './rules/relation';

interface Proposal {
  readonly actor: Actor;
  readonly job: GenerationJob;
  readonly bank: Pick<Bank, 'consolidation'>;
  readonly open: OpenCandidate;
  readonly memories: MemoryStore;
}

/**
 * What becomes of a candidate that says what a user deleted or corrected; null when it may be written. Only what was in the
 * database by then is held back: an event appended later, or text given later, says it anew, whatever date it bears. The same
 * words and the same claim are known as long as tombstones are kept, other words for it while the deleted memory can be restored.
 * Call it after locking the statement's twin, or a deletion under way at the same time is overlooked.
 */
export async function settleBuried({ actor, job, bank, open, memories }: Proposal, wanted: Weighable, others: readonly Statement[] = []): Promise<Settlement | null> {
  const { exact, hidden } = await memories.buried(actor, job, [wanted, ...others], { eventIds: open.candidate.eventIds, generationId: job.id });
  if (exact !== null && exact.corrected !== null) return unchanged(`corrected on ${day(exact.deletedAt)}; nothing new was said since`, exact.corrected);
  if (exact !== null) return unchanged(deleted(exact.deletedAt), null);
  const alike = bank.consolidation ? hidden.find((memory) => saysAgain(wanted, memory)) : undefined;
  return alike === undefined ? null : unchanged(deleted(alike.deletedAt), null);
}

const saysAgain = (wanted: Weighable, memory: Weighable): boolean => {
  const kind = relationOf(wanted, memory)?.kind;
  return kind === 'duplicate' || kind === 'refine';
};

const day = (date: Date): string => date.toISOString().slice(0, 10);
const deleted = (date: Date): string => `deleted on ${day(date)}; nothing new was said since`;

/** The candidate's own words go: they quote what was deleted, and no memory stays whose erasure would take them along. */
const unchanged = (reason: string, memoryId: string | null): Settlement =>
  ({ outcome: 'UNCHANGED', memoryId, revision: null, reason, withoutWords: memoryId === null });
