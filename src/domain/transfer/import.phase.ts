import { badInput, GatewayError } from '../../kernel/errors';
import type { Actor } from '../../kernel/actor';
import { isJsonObject } from '../../kernel/json';
import type { Transact } from '../../kernel/transact';
import { DEFAULT_BANK } from '../bank/bank';
import type { BankStore } from '../bank/bank.store';
import { createReader } from './readers/readers';
import { RECORD_KINDS, type RecordKind, type TransferRecord } from './records';
import { addOutcomes, isOver, MAX_PROBLEMS, type Import, type Problem } from './transfer';
import { Imagined, type ImportStore, type Prepared, type RecordStore, type Verdict } from './transfer.store';
import { valuesOf } from './values';

export interface ImportStores {
  readonly imports: ImportStore;
  readonly records: RecordStore;
  readonly banks: Pick<BankStore, 'ensureDefault'>;
}

export interface ImportPhase {
  /**
   * Reads the data record by record and writes them in batches, each committed with the place that it reached: a run after a crash goes on
   * there. A dry run writes nothing and begins anew.
   */
  run(actor: Actor, id: string, signal: AbortSignal): Promise<void>;
  /** It cannot go on: FAILED with the reason. What is written stays; a retry of its job goes on. */
  fail(actor: Actor, id: string, reason: string): Promise<void>;
}

/** One record, or why there is none. */
interface Item {
  readonly line: number;
  readonly part: number;
  readonly chars: number;
  readonly what: TransferRecord | GatewayError;
}

const BATCH = 200;
const BATCH_CHARS = 1024 * 1024;
const TREE_BATCH = 1000;
const MAX_WORDS = 500;
/** What a dry run has to remember, it has in memory. */
const MAX_IMAGINED = 3_000_000;

export function createImportPhase({ imports, records, transact }: Omit<ImportStores, 'banks'> & { readonly transact: Transact<ImportStores> }): ImportPhase {
  async function* itemsOf(actor: Actor, job: Import): AsyncGenerator<Item, void, undefined> {
    const at = { part: 0 };
    const { wrappers, read } = createReader(job);
    for await (const found of valuesOf(piecesOf(actor, job, at))) {
      const { line, chars } = found;
      const where = { line, part: at.part };
      if ('error' in found) { yield { ...where, chars, what: found.error }; continue; }
      let share = chars;
      for (const item of itemsIn(found.value, wrappers)) {
        for (const what of recordsIn(() => read(item))) {
          yield { ...where, chars: share, what };
          share = 0;
        }
      }
    }
  }

  async function* piecesOf(actor: Actor, { id, parts }: Import, at: { part: number }): AsyncGenerator<string, void, undefined> {
    for (let part = 1; part <= parts; part += 1) {
      const text = await imports.readPart(actor, id, part);
      if (text === null) return;
      at.part = part;
      yield text;
    }
  }

  /** False when the import is over, or somebody else is ahead. */
  const settle = async (actor: Actor, { id, dryRun }: Import, from: number, items: readonly Item[], imagined: Imagined): Promise<boolean> => {
    // Before the transaction: words of a megabyte take their time.
    const batch = items.map(({ line, part, what }): Ready => ({ line, part, what: what instanceof GatewayError ? what : orError(() => records.prepare(actor, what)) }));
    const settled = await transact(async (stores) => {
      const job = await stores.imports.lock(actor, id);
      if (job === null || isOver(job.status) || job.done !== from) return null;
      const after = new Imagined(dryRun ? imagined : null);
      const verdicts = await judge(stores, actor, batch, dryRun, after);
      const problems: Problem[] = verdicts.flatMap(({ line, kind, verdict }) => (verdict.outcome === 'refused' ? [{ line, kind, field: verdict.field, code: verdict.code, message: verdict.message }] : []));
      await stores.imports.change(actor, id, {
        partsRead: batch.at(-1)?.part ?? job.partsRead,
        done: from + batch.length,
        counts: addOutcomes(job.counts, verdicts.map(({ kind, verdict }) => ({ kind, outcome: verdict.outcome }))),
        problems: [...job.problems, ...problems].slice(0, MAX_PROBLEMS),
      });
      return after;
    });
    if (settled !== null && dryRun) imagined.take(settled);
    if (imagined.size > MAX_IMAGINED) throw badInput('', `a dry run remembers at most ${MAX_IMAGINED} ids and facts of what is new: this is as far as it got`, 'DRY_RUN_TOO_LARGE');
    return settled !== null;
  };

  /** Events that are written get their places, however the import ends. */
  const place = async (actor: Actor, signal: AbortSignal): Promise<void> => {
    do signal.throwIfAborted(); while ((await transact((stores) => stores.records.placeInTrees(actor, TREE_BATCH))) > 0);
  };

  return {
    async run(actor, id, signal) {
      const job = await transact(async (stores) => {
        const found = await stores.imports.lock(actor, id);
        if (found === null || isOver(found.status)) return null;
        await stores.imports.change(actor, id, { status: 'PROCESSING', error: null, ...(found.dryRun ? { partsRead: 0, done: 0, counts: [], problems: [] } : {}) });
        if (!found.dryRun) await stores.banks.ensureDefault(actor, DEFAULT_BANK);
        return found;
      });
      if (job === null) return place(actor, signal);
      const imagined = new Imagined();
      let done = job.dryRun ? 0 : job.done;
      let passed = 0;
      let batch: Item[] = [];
      let chars = 0;
      const flush = async (): Promise<boolean> => {
        signal.throwIfAborted();
        if (batch.length > 0 && !(await settle(actor, job, done, batch, imagined))) return false;
        done += batch.length;
        batch = [];
        chars = 0;
        return true;
      };
      for await (const item of itemsOf(actor, job)) {
        passed += 1;
        if (passed <= done) continue;
        batch.push(item);
        chars += item.chars;
        if ((batch.length >= BATCH || chars >= BATCH_CHARS) && !(await flush())) return place(actor, signal);
      }
      if (!(await flush())) return place(actor, signal);
      if (!job.dryRun) await place(actor, signal);
      await transact(async (stores) => {
        const found = await stores.imports.lock(actor, id);
        if (found === null || isOver(found.status)) return;
        await stores.imports.change(actor, id, { status: 'COMPLETED', partsRead: found.parts });
        await stores.imports.dropParts(actor, id);
      });
    },

    async fail(actor, id, reason) {
      await transact(async (stores) => {
        const job = await stores.imports.lock(actor, id);
        if (job !== null && !isOver(job.status)) await stores.imports.change(actor, id, { status: 'FAILED', error: reason });
      });
      await place(actor, new AbortController().signal);
    },
  };
}

interface Ready extends Pick<Item, 'line' | 'part'> {
  readonly what: Prepared | GatewayError;
}

interface Judged {
  readonly line: number;
  readonly kind: RecordKind | 'line';
  readonly verdict: Verdict;
}

const EXISTING: Verdict = { outcome: 'existing' };

/** Kind by kind, so that what is referred to comes first. */
async function judge({ records }: ImportStores, actor: Actor, batch: readonly Ready[], dryRun: boolean, imagined: Imagined): Promise<Judged[]> {
  const judged: Judged[] = batch.flatMap(({ line, what }) =>
    (what instanceof GatewayError ? [{ line, kind: 'line' as const, verdict: refusal(what) }] : []));
  for (const kind of RECORD_KINDS) {
    const ofKind = batch.flatMap(({ line, what }) => (what instanceof GatewayError || what.kind !== kind ? [] : [{ line, prepared: what }]));
    if (ofKind.length === 0) continue;
    const verdicts = await records.inspect(actor, kind, ofKind.map(({ prepared }) => prepared), imagined);
    const fresh = ofKind.filter((_, index) => verdicts[index]?.outcome === 'created').map(({ prepared }) => prepared);
    const written = dryRun || fresh.length === 0 ? [] : await records.write(actor, kind, fresh);
    // Somebody else wrote the same between the look and the insert.
    const late = new Set(fresh.filter((_, index) => written[index] === false));
    judged.push(...ofKind.map(({ line, prepared }, index) => ({ line, kind, verdict: late.has(prepared) ? EXISTING : (verdicts[index] ?? EXISTING) })));
  }
  return judged;
}

const refusal = ({ message, details, code }: GatewayError): Verdict =>
  ({ outcome: 'refused', field: details.field === undefined || details.field === '' ? null : inShort(details.field), code: details.reason ?? code, message: inShort(message) });

/** Names of fields come from the data: they may be of any length, and hold what no database keeps. */
const inShort = (words: string): string => words.slice(0, MAX_WORDS).replaceAll('\u0000', '').toWellFormed();

/** What a document wraps, each on its own; any other value as it is. */
function itemsIn(value: unknown, wrappers: readonly string[]): readonly unknown[] {
  if (!isJsonObject(value)) return [value];
  const wrapped = wrappers.map((name) => value[name]).find((list) => Array.isArray(list));
  return Array.isArray(wrapped) ? (wrapped as readonly unknown[]) : [value];
}

/** An item's records, up to the first that is wrong. */
function* recordsIn(read: () => Iterable<TransferRecord>): Generator<TransferRecord | GatewayError, void, undefined> {
  try {
    yield* read();
  } catch (error) {
    yield foreseen(error);
  }
}

function orError<T>(run: () => T): T | GatewayError {
  try {
    return run();
  } catch (error) {
    return foreseen(error);
  }
}

function foreseen(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof RangeError) return badInput('', 'this nests too deep', 'TOO_DEEP');
  throw error;
}
