import { z } from 'zod';
import { requireBankConfig, requireBankId } from '../bank/bank-rules';
import { DEFAULT_BANK_CONFIG } from '../bank/bank';
import { A2A_MESSAGE_KINDS, A2A_TASK_STATES } from '../agent/a2a';
import { DOCUMENT_FORMATS } from '../document/document';
import { MAX_EVENT_IDS, MAX_FACT_LENGTH, MAX_TOPICS, TOPIC } from '../memory/memory-rules';
import { REVISION_ACTIONS } from '../memory/memory';
import { PROCEDURE_ACTIONS, OUTCOMES } from '../procedural/procedure';
import { EVENT_AUTHORS } from '../session/event';
import { MAX_EVENT_BYTES } from '../session/event-draft';
import { requireStorableJson } from '../session/state';
import { count, json, metadata, name, object, ordinal, scope, seq, share, text, time, uuid, uuid7 } from './fields';
import { procedureContent } from './procedure-content';

/**
 * ContextIQ's own format: a line is one record, `record` says of which kind, the rest are its fields. Kinds stand in an order in which
 * whatever is referred to comes before what refers to it. Words, vectors and hashes are computed anew where a record is read.
 */

const STATE_BYTES = 1024 * 1024;
const BANK_BYTES = 1024 * 1024;
const LONG = 4000;
const MAX_DEPTH = 1000;
const topics = z.array(z.string().regex(TOPIC)).max(MAX_TOPICS);
const eventIds = z.array(uuid).max(MAX_EVENT_IDS);
/** Bounded where it was written, by what it is. */
const free = text(MAX_EVENT_BYTES);
const words = (most: number) => z.array(name).max(most);

const bank = z.strictObject({
  id: z.string().refine((id) => /^[a-z][a-z0-9_-]{0,63}$/.test(id) && requireBankId(id) === id, 'this is no id of a bank'),
  config: z.looseObject({
    managedTopics: z.array(z.string()).max(100), customTopics: z.array(z.strictObject({ name: z.string(), description: z.string(), prompt: z.string().optional() })).max(100),
    examples: z.array(z.strictObject({ conversation: z.string(), facts: z.array(z.string()) })).max(100), instructions: z.string(),
    consolidation: z.boolean(), revisions: z.boolean(), allowedScopeKeys: z.array(z.string()).max(100),
    ttls: z.strictObject({ created: count.nullable(), generatedCreated: count.nullable(), generatedUpdated: count.nullable(), revision: count.nullable() }),
  }).partial(),
  createdAt: time,
  updatedAt: time,
}).superRefine(({ config }, context) => {
  try {
    // What this version does not know is kept for one that does.
    requireStorableJson(config, 'config', BANK_BYTES);
    const { ttls, ...rest } = config;
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    requireBankConfig({ ...DEFAULT_BANK_CONFIG, ...given, ...(ttls === undefined ? {} : { ttls }) }, 'config');
  } catch (error) {
    context.addIssue({ code: 'custom', path: ['config'], message: error instanceof Error ? error.message : 'these are no settings of a bank' });
  }
});

const preference = z.strictObject({ kind: z.enum(['user', 'agent', 'app']), owner: text(256), state: object(STATE_BYTES), version: seq, updatedAt: time });

const agent = z.strictObject({
  id: name, name, description: text(LONG, 1), version: name,
  skills: z.array(z.strictObject({ id: name, name, description: text(LONG, 1), tags: words(20) })).max(50),
  inputModes: words(20).min(1), outputModes: words(20).min(1), metadata, heartbeatSeconds: z.int().min(1).max(3600), createdAt: time, updatedAt: time,
});

const session = z.strictObject({
  id: uuid7, userId: name, agentId: name.nullable(), parentId: uuid.nullable(), rootId: uuid.nullable(), ancestors: z.array(uuid).max(MAX_DEPTH),
  scope, initialState: object(STATE_BYTES), metadata, version: seq, createdAt: time, updatedAt: time, expiresAt: time.nullable(),
});

const event = z.strictObject({
  id: uuid, sessionId: uuid, seq, author: z.enum(EVENT_AUTHORS), authorName: name.nullable(), invocationId: name.nullable(),
  content: z.array(z.union([
    z.strictObject({ type: z.literal('text'), text: text(MAX_EVENT_BYTES), fromRecall: z.boolean().optional() }),
    z.strictObject({ type: z.literal('data'), mediaType: free, data: json(MAX_EVENT_BYTES) }),
  ])).max(100),
  actions: z.strictObject({
    stateDelta: object(MAX_EVENT_BYTES).optional(),
    toolCalls: z.array(z.strictObject({ id: free, name: free, arguments: json(MAX_EVENT_BYTES) })).optional(),
    toolOutputs: z.array(z.strictObject({ toolCallId: free, output: json(MAX_EVENT_BYTES), isError: z.boolean().optional() })).optional(),
    transferTo: free.optional(),
  }),
  metadata, occurredAt: time, createdAt: time,
});

const memory = z.strictObject({
  id: uuid, bankId: name, scope, fact: text(MAX_FACT_LENGTH, 1).refine((fact) => fact.trim() !== '', 'a fact has some text'), topics, confidence: share,
  subject: free.nullable(), attribute: free.nullable(), value: free.nullable(), exclusive: z.boolean(),
  validFrom: time.nullable(), validTo: time.nullable(), sessionId: uuid.nullable(), eventIds, evidenceCount: ordinal, statedAt: time, metadata,
  revision: ordinal, supersededBy: uuid.nullable(), supersededAt: time.nullable(), createdAt: time, updatedAt: time, expiresAt: time.nullable(),
}).refine(({ validFrom, validTo }) => validFrom === null || validTo === null || Date.parse(validFrom) <= Date.parse(validTo), { path: ['validTo'], message: 'validTo lies before validFrom' });

const snapshotTime = z.iso.datetime().nullable();
const memoryRevision = z.strictObject({
  memoryId: uuid, revision: ordinal, action: z.enum(REVISION_ACTIONS), fact: text(MAX_FACT_LENGTH, 1),
  snapshot: z.strictObject({ topics, confidence: share, validFrom: snapshotTime, validTo: snapshotTime, metadata, eventIds }),
  reason: free.nullable(), principalId: name, generationId: uuid.nullable(), candidates: z.array(free).max(1000), createdAt: time, expiresAt: time.nullable(),
});

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const document = z.strictObject({
  id: uuid, bankId: name, scope, title: text(500, 1), format: z.enum(DOCUMENT_FORMATS), sourceUri: text(2000).nullable(), metadata, contentHash: hash,
  version: ordinal, length: count, createdAt: time, updatedAt: time,
  /** In their order. */
  passages: z.array(z.strictObject({ id: uuid, headings: z.array(free).max(100), start: count, end: count, text: text(1024 * 1024), tokens: count })).max(50_000)
    .refine((passages) => new Set(passages.map(({ id }) => id)).size === passages.length, 'each passage has an id of its own'),
  versions: z.array(z.strictObject({ version: ordinal, title: text(500, 1), contentHash: hash, length: count, passageCount: count, keptCount: count, principalId: name, createdAt: time })).max(10_000),
});

const procedure = z.strictObject({
  id: uuid, scope, procedure: procedureContent, metadata, candidateId: uuid.nullable(), principalId: name, revision: ordinal, createdAt: time, updatedAt: time,
  uses: count, successes: count, lastUsedAt: time.nullable(),
});
const procedureRevision = z.strictObject({
  procedureId: uuid, revision: ordinal, action: z.enum(PROCEDURE_ACTIONS), content: object(256 * 1024), metadata, reason: free.nullable(), principalId: name, createdAt: time,
});
const procedureUse = z.strictObject({
  id: uuid, procedureId: uuid, sessionId: uuid.nullable(), agentId: name.nullable(), outcome: z.enum(OUTCOMES), note: text(1000).nullable(), principalId: name, createdAt: time,
});

const summary = z.strictObject({
  sessionId: uuid, revision: ordinal, fromSeq: seq, toSeq: seq, points: z.array(z.strictObject({ text: free, seqs: z.array(seq) })).max(1000), tokens: count, writer: name, createdAt: time,
});

const a2aTask = z.strictObject({
  id: uuid, sessionId: uuid, workSessionId: uuid.nullable(), fromAgent: name.nullable(), toAgent: name, principalId: name, invocationId: name.nullable(), state: z.enum(A2A_TASK_STATES),
  reason: free.nullable(), responseId: uuid.nullable(), dueAt: time, createdAt: time, updatedAt: time, finishedAt: time.nullable(),
});
const a2aMessage = z.strictObject({
  id: uuid, sender: text(600), messageId: name, bodyHash: z.string().regex(/^\\x[0-9a-f]{64}$/), sessionId: uuid, seq, taskId: uuid.nullable(), kind: z.enum(A2A_MESSAGE_KINDS),
  fromAgent: name.nullable(), toAgent: name.nullable(), invocationId: name.nullable(), parts: z.array(json(MAX_EVENT_BYTES)).max(100), metadata, createdAt: time,
});

export const RECORDS = {
  bank, agent, preference, session, event, summary, memory, memoryRevision, document, procedure, procedureRevision, procedureUse, a2aTask, a2aMessage,
} as const;
export type RecordKind = keyof typeof RECORDS;
export const RECORD_KINDS = Object.keys(RECORDS) as readonly RecordKind[];
export const isRecordKind = (kind: unknown): kind is RecordKind => typeof kind === 'string' && Object.hasOwn(RECORDS, kind);

export type RecordOf<Kind extends RecordKind> = z.infer<(typeof RECORDS)[Kind]>;
export type TransferRecord = { readonly [Kind in RecordKind]: { readonly kind: Kind; readonly value: RecordOf<Kind> } }[RecordKind];
