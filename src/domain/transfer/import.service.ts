import { requireRole, requireUnlimited, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, conflict, notFound } from '../../kernel/errors';
import { isUuid, newId } from '../../kernel/ids';
import { toPage, type Page } from '../../kernel/page';
import { isStorableText } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { BankStore } from '../bank/bank.store';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import { requireStorableJson } from '../session/state';
import { createReader } from './readers/readers';
import { isOver, type Import, type ImportOptions } from './transfer';
import type { ImportStore } from './transfer.store';

export const MAX_PART_BYTES = 1024 * 1024;
export const MAX_PARTS = 4096;
const MAX_MAPPING_BYTES = 64 * 1024;
/** Not over at once, of a tenant. */
const MAX_OPEN = 10;

type Idempotent = { readonly idempotency?: IdempotencyKey | null };

export interface NewImport extends ImportOptions {
  readonly dryRun: boolean;
  /** All of the data, or its first part. */
  readonly data: string;
  /** False: more parts follow. */
  readonly isComplete: boolean;
}

/** Data brought in from elsewhere, in a job. For administrators without scope limits; only ever into their own tenant. */
export interface ImportService {
  /** Takes the data, and starts the job when it is complete. @throws GatewayError BAD_USER_INPUT, FORBIDDEN, NOT_FOUND (the bank), CONFLICT (TOO_MANY_IMPORTS) */
  open(actor: Actor, input: NewImport, options?: Idempotent): Promise<Import>;
  /** The next part, from 2 on; the last one starts the job. The same part again changes nothing. @throws GatewayError BAD_USER_INPUT, NOT_FOUND, CONFLICT */
  add(actor: Actor, id: string, part: { readonly part: number; readonly data: string; readonly isLast: boolean }, options?: Idempotent): Promise<Import>;
  /** What is written stays; the rest and the uploaded data go. @throws GatewayError NOT_FOUND, CONFLICT (IMPORT_IS_OVER) */
  cancel(actor: Actor, id: string, options?: Idempotent): Promise<Import>;
  find(actor: Actor, id: string): Promise<Import | null>;
  /** Newest first; `before` is the last id already seen. */
  list(actor: Actor, position: { readonly limit: number; readonly offset: number; readonly before: string | null }): Promise<Page<Import>>;
}

interface Stores {
  readonly imports: ImportStore;
  readonly banks: BankStore;
  readonly outbox: JobOutbox;
  readonly idempotency: IdempotencyStore;
}

export function createImportService({ imports, transact, clock }: { readonly imports: ImportStore; readonly transact: Transact<Stores>; readonly clock: Clock }): ImportService {
  const found = async (actor: Actor, id: string): Promise<Import> => {
    const job = isUuid(id) ? await imports.get(actor, id) : null;
    if (job === null) throw notFound('import', id);
    return job;
  };
  const start = async ({ imports: store, outbox }: Stores, actor: Actor, id: string): Promise<void> => {
    await store.change(actor, id, { status: 'PENDING' });
    await outbox.enqueue(actor, 'data.import', { tenantId: actor.tenantId, importId: id });
  };
  const locked = async (stores: Stores, actor: Actor, id: string): Promise<Import> => {
    const job = isUuid(id) ? await stores.imports.lock(actor, id) : null;
    if (job === null) throw notFound('import', id);
    return job;
  };

  return {
    async open(actor, { data, isComplete, ...draft }, { idempotency } = {}) {
      requireAdmin(actor);
      requireData(data, 'input.data');
      // Wrong options are told now, not by the job.
      requireStorableJson(draft.mapping, 'input.mapping', MAX_MAPPING_BYTES);
      createReader(draft);
      const { importId } = await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        if (!isStorableText(draft.bankId) || (await stores.banks.get(actor, draft.bankId)) === null) throw notFound('bank', draft.bankId);
        if ((await stores.imports.open(actor)) >= MAX_OPEN) throw conflict(`at most ${MAX_OPEN} imports are open at once; cancel one`, 'TOO_MANY_IMPORTS');
        const id = newId(clock.now().getTime());
        await stores.imports.insert(actor, { ...draft, id });
        await stores.imports.addPart(actor, id, 1, data);
        if (isComplete) await start(stores, actor, id);
        return { importId: id };
      }));
      return found(actor, importId);
    },

    async add(actor, id, { part, data, isLast }, { idempotency } = {}) {
      requireAdmin(actor);
      requireData(data, 'data');
      if (part < 2 || part > MAX_PARTS) throw badInput('part', `parts are numbered from 2 to ${MAX_PARTS}`);
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const job = await locked(stores, actor, id);
        if (part > job.parts + 1) throw conflict(`part ${job.parts + 1} comes first`, 'PART_MISSING', 'part');
        // Told again after it was taken: there is nothing left to do.
        if (job.status !== 'UPLOADING' && part <= job.parts) return { importId: id };
        if (job.status !== 'UPLOADING') throw conflict('this import takes no more data', 'IMPORT_IS_COMPLETE');
        if (!(await stores.imports.addPart(actor, id, part, data))) throw conflict(`part ${part} is there with another text`, 'PART_TAKEN', 'part');
        if (isLast) await start(stores, actor, id);
        return { importId: id };
      }));
      return found(actor, id);
    },

    async cancel(actor, id, { idempotency } = {}) {
      requireAdmin(actor);
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const job = await locked(stores, actor, id);
        if (isOver(job.status)) throw conflict('this import is over', 'IMPORT_IS_OVER');
        await stores.imports.change(actor, id, { status: 'CANCELED' });
        await stores.imports.dropParts(actor, id);
        return { importId: id };
      }));
      return found(actor, id);
    },

    async find(actor, id) {
      requireAdmin(actor);
      return isUuid(id) ? imports.get(actor, id) : null;
    },

    async list(actor, position) {
      requireAdmin(actor);
      return toPage(await imports.list(actor, { ...position, limit: position.limit + 1 }), position.limit);
    },
  };
}

function requireAdmin(actor: Actor): void {
  requireRole(actor, 'admin');
  requireUnlimited(actor);
}

function requireData(data: string, field: string): void {
  if (!isStorableText(data)) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
  if (data === '') throw badInput(field, 'there is no data');
  if (Buffer.byteLength(data) > MAX_PART_BYTES) throw badInput(field, `a part has at most ${MAX_PART_BYTES} bytes of UTF-8`, 'PART_TOO_LARGE');
}
