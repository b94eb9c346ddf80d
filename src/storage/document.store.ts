import type { Document } from '../domain/document/document';
import type { DocumentDraft, DocumentStore, PassageDraft } from '../domain/document/document.store';
import type { Actor } from '../kernel/actor';
import { scopeHash, scopeSubsetHashes } from '../kernel/scope';
import { toDocument, toDocumentVersion, toPassage, type DocumentRow, type DocumentVersionRow, type PassageRow } from './document-row';
import * as statements from './document.sql';
import { inOrderOf } from './in-order-of';
import { limitHashes, visibleTo } from './scope-limits';
import type { Sql, Statement } from './sql';
import { toVector } from './vector';

export function createDocumentStore(sql: Sql): DocumentStore {
  const one = async (actor: Actor, statement: Statement, values: readonly unknown[]): Promise<Document | null> =>
    visibleTo(actor, await sql.query<DocumentRow>(statement, [actor.tenantId, ...values])).map(toDocument)[0] ?? null;

  return {
    async insert(actor, draft) {
      const { id, bankId, scope, identity, title, format, sourceUri, metadata, contentHash, version, length, embedding } = draft;
      const rows = await sql.query(statements.INSERT, [
        actor.tenantId, id, bankId, JSON.stringify(scope), scopeHash(actor.tenantId, bankId, scope), scopeSubsetHashes(actor.tenantId, bankId, scope),
        identity, title, format, sourceUri, JSON.stringify(metadata), Buffer.from(contentHash, 'hex'), version, length, embedding,
      ]);
      return rows.length > 0;
    },

    lockByIdentity: (actor, { bankId, scope, identity }) =>
      one(actor, statements.LOCK_BY_IDENTITY, [scopeHash(actor.tenantId, bankId, scope), identity, JSON.stringify(scope)]),
    lock: (actor, id) => one(actor, statements.LOCK, [id]),

    async update({ tenantId }, { id, title, format, sourceUri, metadata, contentHash, version, length, embedding }) {
      await sql.query(statements.UPDATE, [
        tenantId, id, title, format, sourceUri, JSON.stringify(metadata), Buffer.from(contentHash, 'hex'), version, length, embedding,
      ]);
    },

    async getMany(actor, ids) {
      const rows = await sql.query<DocumentRow>(statements.GET_MANY, [actor.tenantId, ids]);
      const byId = new Map(visibleTo(actor, rows).map((row) => [row.id, toDocument(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async list(actor, { bankId, scope, match }, { limit, after }) {
      const statement = scope === undefined ? statements.LIST_ALL : match === 'EXACT' ? statements.LIST_EXACT : statements.LIST_SUBSET;
      const rows = await sql.query<DocumentRow>(statement, [
        actor.tenantId, bankId, scope === undefined ? null : scopeHash(actor.tenantId, bankId, scope), scope === undefined ? null : JSON.stringify(scope),
        limitHashes(actor, bankId), after, limit,
      ]);
      return visibleTo(actor, rows).map(toDocument);
    },

    async remove(actor, id) {
      if ((await one(actor, statements.LOCK, [id])) === null) return false;
      return (await sql.query(statements.REMOVE, [actor.tenantId, id])).length > 0;
    },

    keptPassages: ({ tenantId }, documentId) => sql.query(statements.KEPT_PASSAGES, [tenantId, documentId]),

    async replacePassages({ tenantId }, { id }: DocumentDraft, passages) {
      await sql.query(statements.DROP_PASSAGES, [tenantId, id, passages.map((passage) => passage.id)]);
      const column = <T>(pick: (passage: PassageDraft) => T): T[] => passages.map(pick);
      await sql.query(statements.PUT_PASSAGES, [
        tenantId, id, column((passage) => passage.id), column(({ ordinal }) => ordinal), column(({ headings }) => JSON.stringify(headings)),
        column(({ start }) => start), column(({ end }) => end), column(({ text }) => text), column(({ tokens }) => tokens),
        column(({ hash }) => hash), column(({ tsv }) => tsv), column(({ length }) => length),
      ]);
      await sql.query(statements.COUNT_PASSAGES, [tenantId, id, passages.length]);
    },

    async addVersion({ tenantId, principalId }, { documentId, version, title, contentHash, length, passageCount, keptCount }) {
      await sql.query(statements.ADD_VERSION, [tenantId, documentId, version, title, Buffer.from(contentHash, 'hex'), length, passageCount, keptCount, principalId]);
    },

    async passagesOfMany(actor, documentIds, { limit, after }) {
      const rows = await sql.query<PassageRow>(statements.PASSAGES_OF_MANY, [actor.tenantId, documentIds, after, limit]);
      return inOrderOf(documentIds, visibleTo(actor, rows), (row) => row.document_id, toPassage);
    },

    async versionsOfMany(actor, documentIds, { limit, before }) {
      const rows = await sql.query<DocumentVersionRow>(statements.VERSIONS_OF_MANY, [actor.tenantId, documentIds, before, limit]);
      return inOrderOf(documentIds, visibleTo(actor, rows), (row) => row.document_id, toDocumentVersion);
    },

    async getPassages(actor, ids) {
      const rows = await sql.query<PassageRow>(statements.GET_PASSAGES, [actor.tenantId, ids]);
      const byId = new Map(visibleTo(actor, rows).map((row) => [row.id, toPassage(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async unembedded(actor, documentId, space, limit) {
      const rows = await sql.query<{ passage_id: string; text: string; hash: Buffer }>(statements.UNEMBEDDED, [actor.tenantId, documentId, space, limit]);
      return rows.map(({ passage_id, text, hash }) => ({ passageId: passage_id, text, hash }));
    },

    async putVectors({ tenantId }, space, items) {
      await sql.query(statements.PUT_VECTORS, [
        tenantId, space, items.map(({ passageId }) => passageId), items.map(({ hash }) => hash), items.map(({ vector }) => toVector(vector)), items[0]?.vector.length ?? 0,
      ]);
    },

    async settleEmbedding({ tenantId }, documentId, space, state) {
      if (state === 'DONE') await sql.query(statements.SETTLE_DONE, [tenantId, documentId, space]);
      else if (state === 'FAILED') await sql.query(statements.SETTLE_FAILED, [tenantId, documentId]);
    },

    lacking: async ({ tenantId }, space, limit) => (await sql.query<{ id: string }>(statements.LACKING, [tenantId, space, limit])).map(({ id }) => id),
  };
}
