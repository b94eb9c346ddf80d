import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Float, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { DEFAULT_BANK } from '../../src/domain/bank/bank';
import type { ExportPage, Import } from '../../src/domain/transfer/transfer';
import { pageLimit } from '../../src/kernel/page';
import { parseScope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { pageOffset } from '../session/session.args';
import { DataImportConnectionType, DataImportType, ExportPageType, ImportDataInput, KINDS } from './transfer.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';

@Resolver(() => DataImportType)
export class TransferResolver {
  @Query(() => ExportPageType, { description: 'The tenant’s data as JSON lines, page by page: as it was when the first page was asked for, less what went meanwhile. What `importData` takes as CONTEXTIQ. For administrators without scope limits.' })
  exportTenant(
    @Ctx() { app, actor }: Context,
    @Arg('after', () => String, { nullable: true, description: '`next` of the page before; it stays good after a break.' }) after?: string | null,
    @Arg('kinds', () => [String], { nullable: true, description: `Only these, at most 14, of ${KINDS}; the same for all pages.` }) kinds?: string[] | null,
  ): Promise<ExportPage> {
    return app.exports.page(actor, { after: after ?? null, kinds: kinds ?? null });
  }

  @Query(() => DataImportType, { nullable: true, description: 'An import, null when there is none that you may see. For administrators without scope limits.' })
  dataImport(@Ctx() { app, actor }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Import | null> {
    return app.imports.find(actor, id);
  }

  @Query(() => [DataImportType], { description: 'Imports of the last 30 days, newest first. For administrators without scope limits.' })
  async dataImports(
    @Ctx() { app, actor }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('offset', () => Int, { nullable: true, description: 'How many to pass over, at most 10,000; use the connection for more.' }) offset?: number | null,
  ): Promise<readonly Import[]> {
    return (await app.imports.list(actor, { limit: pageLimit(limit), offset: pageOffset(offset), before: null })).items;
  }

  @Query(() => DataImportConnectionType, { description: 'Imports of the last 30 days, newest first, by cursor. For administrators without scope limits.' })
  async dataImportsConnection(
    @Ctx() { app, actor }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last import seen.' }) after?: string | null,
  ): Promise<Connection<Import>> {
    return toConnection(await app.imports.list(actor, { limit: pageLimit(first, 'first'), offset: 0, before: cursorKey(after, 'uuid') }), after, ({ id }) => id);
  }

  @Mutation(() => DataImportType, { description: 'Brings data in, in a job: what is there already stays as it is, so the same twice changes nothing; what cannot be taken is told in `problems`, and the rest goes on. For administrators without scope limits.' })
  importData(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => ImportDataInput, { description: 'What, and how to read it.' }) input: ImportDataInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Import> {
    const { scope, bankId, mapping, ...rest } = input;
    const draft = { ...rest, scope: scope === undefined || scope === null ? null : parseScope(scope, 'input.scope'), bankId: bankId ?? DEFAULT_BANK, mapping: mapping ?? null };
    return written(context, context.app.imports.open(context.actor, draft, { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => DataImportType, { description: 'The next part of an import’s data, cut anywhere; the last one starts the job. The same part again changes nothing. For administrators without scope limits.' })
  addImportPart(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The import.' }) id: string,
    @Arg('part', () => Int, { description: 'Its number, from 2 to 4,096, without gaps.' }) part: number,
    @Arg('data', () => String, { description: 'At most 1,048,576 bytes.' }) data: string,
    @Arg('isLast', () => Boolean, { description: 'True for the last one.' }) isLast: boolean,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Import> {
    return written(context, context.app.imports.add(context.actor, id, { part, data, isLast }, { idempotency: keyOf(context, info, { id, part, data, isLast }, key) }));
  }

  @Mutation(() => DataImportType, { description: 'Ends an import and drops its data; what it has written stays. For administrators without scope limits.' })
  cancelImport(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The import.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Import> {
    return written(context, context.app.imports.cancel(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
  }

  @FieldResolver(() => Float, { description: 'From 0 to 1: how much of the data is read.' })
  progress(@Root() { parts, partsRead, status }: Import): number {
    return status === 'COMPLETED' ? 1 : parts === 0 ? 0 : Math.max(0, partsRead - 1) / parts;
  }
}
