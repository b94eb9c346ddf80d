import { requireRole, requireScope, requireUnlimited, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, notFound } from '../../kernel/errors';
import { isUuid, newId } from '../../kernel/ids';
import { toPage, type Page } from '../../kernel/page';
import { isStorableText } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { BankStore } from '../bank/bank.store';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { LedgerStore } from '../ledger/ledger.store';
import { requirePool, TOPIC } from '../memory/memory-rules';
import { addCounts, NO_COUNTS, type ErasureReceipt, type Forgetting, type PurgeFilter } from './forgetting';
import { eraseMemories, finish, MEMORIES, type ForgettingStores } from './forgetting.phase';
import type { ForgettingDraft, ForgettingStore, StoredForgetting } from './forgetting.store';
import { toReceipt } from './receipt';

const MAX_IDS = 200;
const MAX_USER_ID = 256;

export interface ForgetOptions {
  /** Only counts; nothing is written. */
  readonly dryRun: boolean;
  readonly idempotency?: IdempotencyKey | null;
}

/** Erasing for good, with a receipt in the ledger. */
export interface ForgettingService {
  /**
   * Erases memories with all that quotes them. Up to 200 are gone when it resolves; more go in a job. Needs the role admin.
   * @throws GatewayError BAD_USER_INPUT, FORBIDDEN (the scope), NOT_FOUND (the bank)
   */
  purge(actor: Actor, filter: PurgeFilter, options: ForgetOptions): Promise<Forgetting>;
  /** Accepts that all of a person's is to be erased; a job does it. For admins without scope limits. @throws GatewayError BAD_USER_INPUT, FORBIDDEN */
  forgetUser(actor: Actor, userId: string, options: ForgetOptions): Promise<Forgetting>;
  find(actor: Actor, id: string): Promise<Forgetting | null>;
  /** Newest first; `before` is the last id already seen. */
  list(actor: Actor, position: { readonly limit: number; readonly offset: number; readonly before: string | null }): Promise<Page<Forgetting>>;
  /** Null for what is no receipt, and for one that was erased with the person it names. */
  receipt(actor: Actor, cid: string): Promise<ErasureReceipt | null>;
}

interface Stores extends ForgettingStores {
  readonly banks: BankStore;
  readonly outbox: JobOutbox;
  readonly idempotency: IdempotencyStore;
}

interface ForgettingServiceDeps {
  readonly forgettings: ForgettingStore;
  readonly ledger: LedgerStore;
  readonly transact: Transact<Stores>;
  readonly clock: Clock;
}

/** Ends the transaction of a dry run, so that what it collected was never there. */
class DryRun extends Error {
  constructor(readonly forgetting: StoredForgetting) {
    super('a dry run changes nothing');
  }
}

type Collect = (stores: Stores, id: string) => Promise<void>;

export function createForgettingService({ forgettings, ledger, transact, clock }: ForgettingServiceDeps): ForgettingService {
  const find = async (actor: Actor, id: string): Promise<Forgetting | null> => {
    requireRole(actor, 'admin');
    return isUuid(id) ? forgettings.get(actor, id) : null;
  };

  const collected = async (stores: Stores, actor: Actor, draft: ForgettingDraft, collect: Collect): Promise<StoredForgetting> => {
    await stores.forgettings.insert(actor, draft);
    await collect(stores, draft.id);
    await stores.forgettings.change(actor, draft.id, { found: await stores.forgettings.count(actor, draft.id, draft.subject) });
    const forgetting = await stores.forgettings.get(actor, draft.id);
    if (forgetting === null) throw new Error('an erasure just accepted is not readable');
    return forgetting;
  };

  /** Few memories go at once; what takes longer is the job's. */
  const start = async (stores: Stores, actor: Actor, forgetting: StoredForgetting): Promise<void> => {
    const { id, subject, total } = forgetting;
    if (subject === null && total <= MEMORIES) {
      const erased = await eraseMemories(stores, actor, forgetting);
      if (erased !== null) await stores.forgettings.change(actor, id, { erased: addCounts(NO_COUNTS, erased) });
      return finish(stores, actor, id, clock.now());
    }
    await stores.outbox.enqueue(actor, 'data.forgetting', { tenantId: actor.tenantId, forgettingId: id });
  };

  const forget = async (actor: Actor, draft: Omit<ForgettingDraft, 'id'>, collect: Collect, { dryRun, idempotency }: ForgetOptions): Promise<Forgetting> => {
    try {
      const { forgettingId } = await transact((stores) =>
        once(stores.idempotency, actor, dryRun ? null : idempotency, async () => {
          const forgetting = await collected(stores, actor, { ...draft, id: newId(clock.now().getTime()) }, collect);
          if (dryRun) throw new DryRun(forgetting);
          await start(stores, actor, forgetting);
          return { forgettingId: forgetting.id };
        }));
      const forgetting = await find(actor, forgettingId);
      if (forgetting === null) throw notFound('forgetting', forgettingId);
      return forgetting;
    } catch (error) {
      if (error instanceof DryRun) return { ...error.forgetting, id: null, status: 'DRY_RUN' };
      throw error;
    }
  };

  return {
    find,

    async purge(actor, filter, options) {
      requireRole(actor, 'admin');
      const { scope } = requirePool(filter.bankId, filter.scope, 'filter.scope');
      requireScope(actor, scope, 'filter.scope');
      requireFilter(filter);
      return forget(actor, { kind: 'MEMORIES', subject: null, scope }, async (stores, id) => {
        if (!isStorableText(filter.bankId) || (await stores.banks.get(actor, filter.bankId)) === null) throw notFound('bank', filter.bankId);
        await stores.forgettings.collectMemories(actor, id, { ...filter, scope });
      }, options);
    },

    async forgetUser(actor, userId, options) {
      requireRole(actor, 'admin');
      requireUnlimited(actor);
      if (userId === '' || userId.length > MAX_USER_ID || !isStorableText(userId)) throw badInput('userId', `a user's id has 1 to ${MAX_USER_ID} characters, without NUL or lone surrogates`);
      return forget(actor, { kind: 'USER', subject: userId, scope: {} }, (stores, id) => stores.forgettings.collectUser(actor, id, userId), options);
    },

    async list(actor, position) {
      requireRole(actor, 'admin');
      return toPage(await forgettings.list(actor, { ...position, limit: position.limit + 1 }), position.limit);
    },

    async receipt(actor, cid) {
      requireRole(actor, 'reader');
      const [entry] = isStorableText(cid) ? await ledger.getMany(actor, [cid]) : [];
      return entry === undefined || entry === null ? null : toReceipt(entry);
    },
  };
}

function requireFilter({ topic, sessionId, ids = [], createdBefore }: PurgeFilter): void {
  if (topic !== undefined && !TOPIC.test(topic)) throw badInput('filter.topic', `a topic name matches ${TOPIC.source}`);
  if (sessionId !== undefined && !isUuid(sessionId)) throw badInput('filter.sessionId', 'a session’s id is a UUID');
  if (ids.length > MAX_IDS) throw badInput('filter.ids', `at most ${MAX_IDS} ids`);
  const stray = ids.findIndex((id) => !isUuid(id));
  if (stray !== -1) throw badInput(`filter.ids.${stray}`, 'a memory’s id is a UUID');
  if (createdBefore !== undefined && Number.isNaN(createdBefore.getTime())) throw badInput('filter.createdBefore', 'this is no date');
}
