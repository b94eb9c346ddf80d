import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { DEFAULT_BANK } from '../../src/domain/bank/bank';
import type { AddedDocument, Document, DocumentFilter, DocumentVersion, Passage } from '../../src/domain/document/document';
import { requireBankId } from '../../src/domain/search/recall-input';
import type { RecallResult } from '../../src/domain/search/recall';
import { pageLimit } from '../../src/kernel/page';
import { parseScope, type ScopeMatch } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { ScopeMatchEnum } from '../memory/memory.types';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { GraphQLJSON } from '../scalars';
import { RecallFilterInput, RecallResultType } from '../search/recall.types';
import { AddDocumentInput, AddedDocumentType, DocumentConnectionType, DocumentType, DocumentVersionType, PassageConnectionType, PassageType } from './document.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';

@ArgsType()
class DocumentPoolArgs {
  @Field(() => GraphQLJSON, { nullable: true, description: 'The pool; every pool of the bank unless given.' })
  scope?: unknown;
  @Field(() => ScopeMatchEnum, { defaultValue: 'EXACT', description: 'Exactly this pool unless said otherwise.' })
  match: ScopeMatch;
  @Field(() => String, { defaultValue: DEFAULT_BANK, description: 'The memory bank.' })
  bankId: string;
}

@Resolver(() => DocumentType)
export class DocumentResolver {
  @Query(() => DocumentType, { nullable: true, description: 'A document, null when there is none that you may see.' })
  document(@Ctx() { loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Document | null> {
    return loaders.document.load(id);
  }

  @Query(() => [DocumentType], { description: 'Documents, newest first.' })
  async documents(
    @Ctx() { app, actor }: Context, @Args(() => DocumentPoolArgs) pool: DocumentPoolArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly Document[]> {
    return (await app.documents.list(actor, toFilter(pool), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => DocumentConnectionType, { description: 'Documents, newest first, by cursor.' })
  async documentsConnection(
    @Ctx() { app, actor }: Context, @Args(() => DocumentPoolArgs) pool: DocumentPoolArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last document seen.' }) after?: string | null,
  ): Promise<Connection<Document>> {
    const page = await app.documents.list(actor, toFilter(pool), { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') });
    return toConnection(page, after, ({ id }) => id);
  }

  @Query(() => RecallResultType, { description: 'The passages of documents of one pool that answer a query best, best first. `recall` with the kind DOCUMENT searches several pools.' })
  searchDocuments(
    @Ctx() { app, actor }: Context,
    @Arg('scope', () => GraphQLJSON, { description: 'The pool, exactly.' }) scope: unknown,
    @Arg('query', () => String, { description: '1 to 2,000 characters.' }) query: string,
    @Arg('topK', () => Int, { nullable: true, description: '1 to 100; 10 unless given.' }) topK?: number | null,
    @Arg('filter', () => RecallFilterInput, { nullable: true, description: 'Only documents that fit.' }) filter?: RecallFilterInput | null,
    @Arg('bankId', () => String, { nullable: true, description: 'The memory bank; `default` unless given.' }) bankId?: string | null,
  ): Promise<RecallResult> {
    const scopes = [{ scope: parseScope(scope, 'scope') }];
    return app.recall.recall(actor, { scopes, query, topK: topK ?? null, filter: filter ?? null, bankId: bankId ?? null, kinds: ['DOCUMENT'] });
  }

  @Mutation(() => AddedDocumentType, {
    description: 'Adds a document, or a new version of the one with the same source (or title) in the pool: passages that stay the same keep their ids and vectors. The same again changes nothing. Found by its words at once.',
  })
  addDocument(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => AddDocumentInput, { description: 'The document.' }) input: AddDocumentInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<AddedDocument> {
    return written(context, context.app.documents.add(context.actor, input, { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => Boolean, { description: 'Erases a document with its passages, versions and vectors at once and for good. True, or NOT_FOUND.' })
  async deleteDocument(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The document.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<boolean> {
    await written(context, context.app.documents.remove(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
    return true;
  }

  @FieldResolver(() => PassageConnectionType, { description: 'Its passages in the order of the text, by cursor.' })
  async passagesConnection(
    @Root() { id }: Document, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last passage seen.' }) after?: string | null,
  ): Promise<Connection<Passage>> {
    const key = cursorKey(after, 'seq');
    const page = await loaders.passages.load({ id, args: { limit: pageLimit(first, 'first'), after: key === null ? -1 : Number(key) } });
    return toConnection(page, after, ({ ordinal }) => String(ordinal));
  }

  @FieldResolver(() => [DocumentVersionType], { description: 'Its versions, newest first.' })
  async versions(
    @Root() { id }: Document, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('before', () => Int, { nullable: true, description: 'Only versions below this number.' }) before?: number | null,
  ): Promise<readonly DocumentVersion[]> {
    return (await loaders.documentVersions.load({ id, args: { limit: pageLimit(limit), before: before ?? null } })).items;
  }
}

@Resolver(() => PassageType)
export class PassageResolver {
  @FieldResolver(() => DocumentType, { nullable: true, description: 'The document; null when it was deleted meanwhile.' })
  document(@Root() { documentId }: Passage, @Ctx() { loaders }: Context): Promise<Document | null> {
    return loaders.document.load(documentId);
  }
}

const toFilter = ({ scope, match, bankId }: DocumentPoolArgs): DocumentFilter => ({
  bankId: requireBankId(bankId, 'bankId'), match, ...(scope === undefined || scope === null ? {} : { scope: parseScope(scope, 'scope') }),
});
