import { badInput } from '../../kernel/errors';
import { isStorableText, parseScope } from '../../kernel/scope';
import { requireTtl } from '../bank/bank-rules';
import { requireStorableJson } from '../session/state';
import { factHash } from './fingerprint';
import type { MemoryPatch, MemoryRevision, NewMemory } from './memory';
import type { MemoryState, StoredMemory } from './memory.store';

export const MAX_FACT_LENGTH = 2000;
export const MAX_TOPICS = 10;
export const MAX_EVENT_IDS = 50;
const MAX_METADATA_BYTES = 16 * 1024;
export const TOPIC = /^[a-z][a-z0-9_]{0,63}$/;

/** @throws GatewayError BAD_USER_INPUT unless 1 to 2,000 storable characters that are not all white space */
export function requireFact(fact: string, field = 'input.fact'): string {
  const trimmed = fact.trim();
  if (trimmed === '' || trimmed.length > MAX_FACT_LENGTH) throw badInput(field, `a fact has 1 to ${MAX_FACT_LENGTH} characters`);
  if (!isStorableText(trimmed)) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
  return trimmed;
}

function requireTopics(topics: readonly string[], field: string): readonly string[] {
  if (topics.length > MAX_TOPICS) throw badInput(field, `a memory has at most ${MAX_TOPICS} topics`);
  const stray = topics.find((topic) => !TOPIC.test(topic));
  if (stray !== undefined) throw badInput(field, `a topic name matches ${TOPIC.source}`);
  return [...new Set(topics)];
}

function requireConfidence(confidence: number, field: string): number {
  if (!(confidence >= 0 && confidence <= 1)) throw badInput(field, 'a confidence lies between 0 and 1');
  return confidence;
}

function requirePeriod(from: Date | null, to: Date | null, field: string): void {
  for (const date of [from, to]) {
    if (date !== null && Number.isNaN(date.getTime())) throw badInput(field, 'this is no date');
  }
  if (from !== null && to !== null && to < from) throw badInput(field, 'validTo lies before validFrom', 'PERIOD_ENDS_BEFORE_IT_STARTS');
}

/** The state of a memory that a caller writes directly; who and when are the service's. */
export function newState(input: NewMemory, now: Date): MemoryState {
  const validFrom = input.validFrom ?? null;
  const validTo = input.validTo ?? null;
  requirePeriod(validFrom, validTo, 'input.validTo');
  requireStorableJson(input.metadata ?? {}, 'input.metadata', MAX_METADATA_BYTES);
  requireTtl(input.ttlSeconds ?? null, 'input.ttlSeconds');
  return {
    fact: requireFact(input.fact),
    topics: requireTopics(input.topics ?? [], 'input.topics'),
    confidence: requireConfidence(input.confidence ?? 1, 'input.confidence'),
    subject: null, attribute: null, value: null, exclusive: false,
    validFrom, validTo,
    eventIds: [], evidenceCount: 1, statedAt: now,
    metadata: input.metadata ?? {},
    revision: 1, supersededBy: null, supersededAt: null,
  };
}

/**
 * The state after a patch, null when it changes nothing. New words no longer say what was extracted from the old ones,
 * so subject, attribute and value go; changed capitals or punctuation leave them.
 */
export function patchedState(memory: StoredMemory, patch: MemoryPatch): MemoryState | null {
  const fact = patch.fact === undefined ? memory.fact : requireFact(patch.fact);
  const validFrom = patch.validFrom === undefined ? memory.validFrom : patch.validFrom;
  const validTo = patch.validTo === undefined ? memory.validTo : patch.validTo;
  if (patch.validFrom !== undefined || patch.validTo !== undefined) requirePeriod(validFrom, validTo, 'input.validTo');
  if (patch.metadata !== undefined) requireStorableJson(patch.metadata, 'input.metadata', MAX_METADATA_BYTES);
  requireTtl(patch.ttlSeconds ?? null, 'input.ttlSeconds');
  if (Object.keys(patch).length === 0) return null;
  const sameWords = factHash(fact).equals(factHash(memory.fact));
  return {
    ...memory,
    ...(sameWords ? {} : { subject: null, attribute: null, value: null, exclusive: false }),
    fact,
    topics: patch.topics === undefined ? memory.topics : requireTopics(patch.topics, 'input.topics'),
    confidence: patch.confidence === undefined ? memory.confidence : requireConfidence(patch.confidence, 'input.confidence'),
    metadata: patch.metadata ?? memory.metadata,
    validFrom,
    validTo,
    revision: memory.revision + 1,
  };
}

/**
 * The state that a revision shows, as the memory's next one. It holds again, also when it had been superseded; what it is stated about goes
 * unless the words are still the same, because a snapshot does not tell.
 */
export function rolledBackState(memory: StoredMemory, { fact, topics, confidence, validFrom, validTo, metadata, eventIds }: MemoryRevision): MemoryState {
  const sameWords = factHash(fact).equals(factHash(memory.fact));
  return {
    ...memory,
    ...(sameWords ? {} : { subject: null, attribute: null, value: null, exclusive: false }),
    fact, topics, confidence, validFrom, validTo, metadata, eventIds,
    supersededBy: null, supersededAt: null,
    revision: memory.revision + 1,
  };
}

const MAX_REASON_LENGTH = 500;

/** @throws GatewayError BAD_USER_INPUT unless absent or 1 to 500 storable characters */
export function requireReason(reason: string | null | undefined, field = 'reason'): string | null {
  if (reason === undefined || reason === null) return null;
  const trimmed = reason.trim();
  if (trimmed === '' || trimmed.length > MAX_REASON_LENGTH) throw badInput(field, `a reason has 1 to ${MAX_REASON_LENGTH} characters`);
  if (!isStorableText(trimmed)) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
  return trimmed;
}

/** @throws GatewayError BAD_USER_INPUT for scopes that are none */
export const requirePool = (bankId: string, scope: unknown, field = 'input.scope'): { bankId: string; scope: ReturnType<typeof parseScope> } => ({
  bankId,
  scope: parseScope(scope, field),
});
