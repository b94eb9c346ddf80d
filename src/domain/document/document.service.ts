import { createHash } from 'node:crypto';
import { requireRole, requireScope, type Actor } from '../../kernel/actor';
import { notFound } from '../../kernel/errors';
import { isUuid, newId } from '../../kernel/ids';
import { canonicalJson } from '../../kernel/json';
import { toPage, type Page, type PageBefore, type PageRequest } from '../../kernel/page';
import { isStorableText, parseScope, type Scope } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { Tokenizer } from '../../platform/tokenizer/tokenizer.port';
import { requireAllowedKeys } from '../bank/bank-rules';
import { DEFAULT_BANK } from '../bank/bank';
import type { BankStore } from '../bank/bank.store';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import { analyze, toTsVector } from '../search/text-analysis';
import type { AddedDocument, Addition, Document, DocumentFilter, DocumentVersion, NewDocument, Passage } from './document';
import { checkedDocument, contentHashOf, identityOf, type CheckedDocument } from './document-rules';
import type { DocumentDraft, DocumentStore, KeptPassage, PassageDraft } from './document.store';
import { cutPassages, type CutPassage } from './passages';

export interface DocumentService {
  /**
   * Adds a document to a pool, or a new version of one of the same source (or title, without a source): passages that say the same
   * keep their ids and vectors. The same again changes nothing. Found by its words at once; its vectors follow by a job.
   * @throws GatewayError BAD_USER_INPUT, PAYLOAD_TOO_LARGE, FORBIDDEN (the scope), NOT_FOUND (the bank)
   */
  add(actor: Actor, input: NewDocument, options?: { readonly idempotency?: IdempotencyKey | null }): Promise<AddedDocument>;
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Document | null)[]>;
  /** Newest first. */
  list(actor: Actor, filter: DocumentFilter, position: PageRequest): Promise<Page<Document>>;
  /** Erases it with its passages, versions and vectors, for good. @throws GatewayError NOT_FOUND */
  remove(actor: Actor, id: string, options?: { readonly idempotency?: IdempotencyKey | null }): Promise<void>;
  /** In the order of the text. */
  passagesOfMany(actor: Actor, ids: readonly string[], position: PageRequest<number>): Promise<readonly Page<Passage>[]>;
  /** Newest first. */
  versionsOfMany(actor: Actor, ids: readonly string[], position: PageBefore<number>): Promise<readonly Page<DocumentVersion>[]>;
}

interface Stores {
  readonly documents: DocumentStore;
  readonly banks: BankStore;
  readonly outbox: JobOutbox;
  readonly idempotency: IdempotencyStore;
}

interface DocumentServiceDeps {
  readonly documents: DocumentStore;
  readonly tokenizer: Tokenizer;
  readonly transact: Transact<Stores>;
}

interface Pool {
  readonly bankId: string;
  readonly scope: Scope;
}

export function createDocumentService({ documents, tokenizer, transact }: DocumentServiceDeps): DocumentService {
  /** One transaction. Null when it needs the passages, and they were not cut. */
  const write = async (
    actor: Actor, pool: Pool, checked: CheckedDocument, cut: readonly CutPassage[] | null, key: IdempotencyKey | null | undefined,
  ): Promise<{ documentId: string; outcome: string } | null> => {
    const contentHash = contentHashOf(checked);
    const { title, format, sourceUri, metadata, content } = checked;
    class NeedsPassages extends Error {}
    try {
      return await transact((stores) => once(stores.idempotency, actor, key, async () => {
        const bank = await stores.banks.get(actor, pool.bankId);
        if (bank === null) throw notFound('bank', pool.bankId);
        requireAllowedKeys(bank, pool.scope, 'input.scope');
        await stores.banks.ensureDefault(actor, pool.bankId);
        const draft: DocumentDraft = {
          id: newId(), ...pool, identity: identityOf(checked), title, format, sourceUri, metadata, contentHash, version: 1, length: content.length, embedding: 'PENDING',
        };
        const known = await stores.documents.lockByIdentity(actor, draft);
        const isSameText = known?.contentHash === contentHash;
        if (!isSameText && cut === null) throw new NeedsPassages();
        if (known === null) {
          // Somebody else adds the same for the first time: it is there when the next attempt looks.
          if (!(await stores.documents.insert(actor, draft))) throw new NeedsPassages();
          await replace(stores, actor, draft, cut ?? []);
          return { documentId: draft.id, outcome: 'CREATED' };
        }
        const isSame = isSameText && canonicalJson(known.metadata) === canonicalJson(metadata);
        if (isSame) return { documentId: known.id, outcome: 'UNCHANGED' };
        const next = { ...draft, id: known.id, version: isSameText ? known.version : known.version + 1, embedding: isSameText ? known.embedding : draft.embedding };
        await stores.documents.update(actor, next);
        if (!isSameText) await replace(stores, actor, next, cut ?? []);
        return { documentId: known.id, outcome: 'UPDATED' };
      }));
    } catch (error) {
      if (error instanceof NeedsPassages) return null;
      throw error;
    }
  };

  const pageOfMany = async <T>(actor: Actor, limit: number, read: (limit: number) => Promise<readonly (readonly T[])[]>): Promise<readonly Page<T>[]> => {
    requireRole(actor, 'reader');
    return (await read(limit + 1)).map((items) => toPage(items, limit));
  };

  return {
    async add(actor, input, { idempotency } = {}) {
      requireRole(actor, 'writer');
      const pool = { bankId: input.bankId ?? DEFAULT_BANK, scope: parseScope(input.scope, 'input.scope') };
      requireScope(actor, pool.scope, 'input.scope');
      if (!isStorableText(pool.bankId)) throw notFound('bank', pool.bankId);
      const checked = checkedDocument(input);
      let written = await write(actor, pool, checked, null, idempotency);
      if (written === null) {
        const cut = await cutPassages(checked.format, checked.content, (text) => tokenizer.count(text));
        for (let tried = 0; written === null; tried += 1) {
          if (tried === 5) throw new Error('a document vanished each time it was to be written');
          written = await write(actor, pool, checked, cut, idempotency);
        }
      }
      const [document] = await documents.getMany(actor, [written.documentId]);
      if (document === undefined || document === null) throw notFound('document', written.documentId);
      return { document, outcome: written.outcome as Addition }; // a seam: what `write` left under the key
    },

    async getMany(actor, ids) {
      requireRole(actor, 'reader');
      return documents.getMany(actor, ids);
    },

    async list(actor, filter, { limit, after }) {
      requireRole(actor, 'reader');
      return toPage(await documents.list(actor, filter, { limit: limit + 1, after }), limit);
    },

    async remove(actor, id, { idempotency } = {}) {
      requireRole(actor, 'writer');
      if (!isUuid(id)) throw notFound('document', id);
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        if (!(await stores.documents.remove(actor, id))) throw notFound('document', id);
        return { documentId: id };
      }));
    },

    passagesOfMany: (actor, ids, { limit, after }) => pageOfMany(actor, limit, (more) => documents.passagesOfMany(actor, ids, { limit: more, after })),
    versionsOfMany: (actor, ids, { limit, before }) => pageOfMany(actor, limit, (more) => documents.versionsOfMany(actor, ids, { limit: more, before })),
  };
}

async function replace({ documents, outbox }: Stores, actor: Actor, draft: DocumentDraft, cut: readonly CutPassage[]): Promise<void> {
  const { passages, kept } = draftPassages(draft.title, cut, await documents.keptPassages(actor, draft.id));
  await documents.replacePassages(actor, draft, passages);
  const { id, version, title, contentHash, length } = draft;
  await documents.addVersion(actor, { documentId: id, version, title, contentHash, length, passageCount: passages.length, keptCount: kept });
  await outbox.enqueue(actor, 'document.embedding', { tenantId: actor.tenantId, documentId: id });
}

/** Passages that were there before, with the same words under the same headings, are the same passages. */
function draftPassages(title: string, cut: readonly CutPassage[], before: readonly KeptPassage[]): { passages: PassageDraft[]; kept: number } {
  const idsByHash = new Map<string, string[]>();
  for (const { id, hash } of before) idsByHash.set(hash.toString('hex'), [...(idsByHash.get(hash.toString('hex')) ?? []), id]);
  let kept = 0;
  const passages = cut.map(({ headings, start, end, text, tokens }, ordinal): PassageDraft => {
    const hash = createHash('sha256').update(canonicalJson([headings, text])).digest();
    const known = idsByHash.get(hash.toString('hex'))?.shift();
    if (known !== undefined) kept += 1;
    const analysis = analyze([title, ...headings, text].join('\n'));
    return { id: known ?? newId(), ordinal, headings, start, end, text, tokens, hash, tsv: toTsVector(analysis), length: analysis.length };
  });
  return { passages, kept };
}
