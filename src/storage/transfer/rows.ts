import { createHash } from 'node:crypto';
import { identityOf as documentIdentity } from '../../domain/document/document-rules';
import { fingerprint } from '../../domain/memory/fingerprint';
import { analyze, toTsVector } from '../../domain/search/text-analysis';
import { draftEvent } from '../../domain/session/event-draft';
import type { RecordOf, TransferRecord } from '../../domain/transfer/records';
import type { Actor } from '../../kernel/actor';
import { badInput, GatewayError } from '../../kernel/errors';
import { canonicalJson } from '../../kernel/json';
import { scopeHash, scopeSubsetHashes, type Scope } from '../../kernel/scope';
import { contentValues, PROCEDURES } from '../procedure-row';
import { EVENTS_NAMESPACE } from '../session.store';
import { columnOf } from './tables';

/** Columns of a row, as JSON that PostgreSQL reads: bytes and 64-bit numbers as text. */
export type Row = Readonly<Record<string, unknown>>;

const bytes = (value: Buffer | null): string | null => (value === null ? null : `\\x${value.toString('hex')}`);
const plain = (fields: object): Record<string, unknown> => Object.fromEntries(Object.entries(fields).map(([field, value]) => [columnOf(field), value]));
const pool = ({ tenantId }: Actor, namespace: string, scope: Scope): Row => ({ scope_hash: scopeHash(tenantId, namespace, scope), scope_sub: scopeSubsetHashes(tenantId, namespace, scope) });

/** Words, hashes and pools are those of this tenant and version. @throws GatewayError BAD_USER_INPUT */
export function toRow(actor: Actor, record: TransferRecord): Row {
  switch (record.kind) {
    case 'session': return { ...plain(record.value), state: record.value.initialState, ...pool(actor, EVENTS_NAMESPACE, record.value.scope) };
    case 'event': return eventRow(record.value);
    case 'memory': return memoryRow(actor, record.value);
    case 'document': return documentRow(actor, record.value);
    case 'procedure': return procedureRow(actor, record.value);
    case 'agent': return { ...plain(record.value), principal_id: actor.principalId };
    default: return plain(record.value);
  }
}

function eventRow(event: RecordOf<'event'>): Row {
  const { tsv, length } = draft(event);
  return { ...plain(event), tsv, length };
}

/** The same bounds as for an event that is appended. */
function draft({ content, actions, ...event }: RecordOf<'event'>): { tsv: string; length: number } {
  try {
    const { stateDelta, toolCalls, toolOutputs, transferTo } = actions;
    return draftEvent({
      ...event, occurredAt: new Date(event.occurredAt),
      content: content.map((part) => (part.type === 'data' ? part : { type: part.type, text: part.text, ...(part.fromRecall === undefined ? {} : { fromRecall: part.fromRecall }) })),
      actions: {
        ...(stateDelta === undefined ? {} : { stateDelta }), ...(toolCalls === undefined ? {} : { toolCalls }), ...(transferTo === undefined ? {} : { transferTo }),
        ...(toolOutputs === undefined ? {} : { toolOutputs: toolOutputs.map(({ isError, ...output }) => ({ ...output, ...(isError === undefined ? {} : { isError }) })) }),
      },
    }, '', new Date(event.createdAt));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw badInput(error.details.field?.replace(/^\./, '') ?? '', error.message, error.details.reason);
  }
}

function memoryRow(actor: Actor, memory: RecordOf<'memory'>): Row {
  const { factHash, claimHash, tsv, length } = fingerprint(memory);
  return { ...plain(memory), fact_hash: bytes(factHash), claim_hash: bytes(claimHash), tsv, length, ...pool(actor, memory.bankId, memory.scope) };
}

function documentRow(actor: Actor, { passages, versions, ...document }: RecordOf<'document'>): Row {
  const own = pool(actor, document.bankId, document.scope);
  return {
    ...plain(document), content_hash: `\\x${document.contentHash}`, identity: bytes(documentIdentity(document)), passage_count: passages.length, embedding: 'PENDING', ...own,
    passages: passages.map((passage, index) => {
      const analysis = analyze([document.title, ...passage.headings, passage.text].join('\n'));
      const hash = createHash('sha256').update(canonicalJson([passage.headings, passage.text])).digest();
      return { ...passage, document_id: document.id, ordinal: index, hash: bytes(hash), tsv: toTsVector(analysis), length: analysis.length, ...own };
    }),
    versions: versions.map(({ contentHash, ...version }) => ({ ...plain(version), document_id: document.id, content_hash: `\\x${contentHash}` })),
  };
}

function procedureRow(actor: Actor, { procedure, uses, successes, lastUsedAt, ...fields }: RecordOf<'procedure'>): Row {
  const [agentId, sessionId, outcome, skillType, , text, textHash, tsv, length] = contentValues(procedure);
  return {
    ...plain(fields), kind: procedure.kind, content: procedure.content, agent_id: agentId, session_id: sessionId, outcome, skill_type: skillType,
    text, text_hash: Buffer.isBuffer(textHash) ? bytes(textHash) : null, tsv, length, ...pool(actor, PROCEDURES, fields.scope),
    stats: uses === 0 ? [] : [{ procedure_id: fields.id, uses, successes, last_used_at: lastUsedAt }],
  };
}
