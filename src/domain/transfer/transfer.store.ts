import { createHash } from 'node:crypto';
import type { Actor } from '../../kernel/actor';
import type { RecordKind, TransferRecord } from './records';
import type { Import, ImportStatus, Problem, RecordCount } from './transfer';

/**
 * What would have been written so far, so that what refers to it finds it: within a batch, over a dry run's batches before. A batch whose
 * transaction is run again begins with a new one.
 */
export class Imagined {
  private readonly known = new Set<string>();
  private readonly nextSeqs = new Map<string, number>();
  constructor(private readonly before: Imagined | null = null) {}
  get size(): number {
    return this.known.size;
  }
  has(identity: string): boolean {
    return this.hasKey(keyOf(identity));
  }
  add(identities: readonly string[]): void {
    for (const identity of identities) this.known.add(keyOf(identity));
  }
  private hasKey(key: string): boolean {
    return this.known.has(key) || this.before?.hasKey(key) === true;
  }
  nextSeq(sessionId: string): number | undefined {
    return this.nextSeqs.get(sessionId) ?? this.before?.nextSeq(sessionId);
  }
  setNextSeq(sessionId: string, seq: number): void {
    this.nextSeqs.set(sessionId, seq);
  }
  /** Takes over what came after it. */
  take({ known, nextSeqs }: Imagined): void {
    for (const key of known) this.known.add(key);
    for (const [session, seq] of nextSeqs) this.nextSeqs.set(session, seq);
  }
}

/** A dry run keeps millions of them. */
const keyOf = (identity: string): string => createHash('sha1').update(identity).digest('base64url');

export type Verdict =
  | { readonly outcome: 'created' }
  | { readonly outcome: 'existing' }
  | { readonly outcome: 'refused'; readonly field: string | null; readonly code: string; readonly message: string };

/** A record as it will be stored: words and hashes are computed. */
export interface Prepared {
  readonly kind: RecordKind;
  readonly row: object;
  readonly record: TransferRecord;
}

/** Records of a whole tenant, as lines of the own format hold them. */
export interface RecordStore {
  /** The database's time, as PostgreSQL writes it in JSON. */
  moment(): Promise<string>;
  /**
   * The next lines of a kind, in the order of its key, with the key of each. Only what anybody may see: nothing deleted or expired, and only what
   * was made by `until`. @throws GatewayError UNAVAILABLE (OBJECTS_UNAVAILABLE)
   */
  read(actor: Actor, kind: RecordKind, position: { readonly after: readonly string[] | null; readonly until: string; readonly limit: number }): Promise<readonly { readonly line: string; readonly key: readonly string[] }[]>;
  /** Without the database. @throws GatewayError BAD_USER_INPUT */
  prepare(actor: Actor, record: TransferRecord): Prepared;
  /** What writing them would do, in their order; all are of one kind. Adds what would be written to `imagined`. */
  inspect(actor: Actor, kind: RecordKind, prepared: readonly Prepared[], imagined: Imagined): Promise<readonly Verdict[]>;
  /** Writes what `inspect` found to be new, inside the same transaction. @returns of each whether nobody else wrote it meanwhile */
  write(actor: Actor, kind: RecordKind, prepared: readonly Prepared[]): Promise<readonly boolean[]>;
  /** Events of sessions in trees get their places, in the order of their times. Repeat until 0. @returns how many it placed */
  placeInTrees(actor: Actor, limit: number): Promise<number>;
}

export interface ImportChange {
  readonly status?: ImportStatus;
  readonly partsRead?: number;
  readonly done?: number;
  readonly counts?: readonly RecordCount[];
  readonly problems?: readonly Problem[];
  readonly error?: string | null;
}

export interface ImportStore {
  insert(actor: Actor, draft: Pick<Import, 'id' | 'format' | 'scope' | 'bankId' | 'mapping' | 'dryRun'>): Promise<void>;
  get(actor: Actor, id: string): Promise<Import | null>;
  /** Locked until the transaction ends. */
  lock(actor: Actor, id: string): Promise<Import | null>;
  /** Newest first; `before` is the last id already seen. */
  list(actor: Actor, position: { readonly limit: number; readonly offset: number; readonly before: string | null }): Promise<Import[]>;
  /** How many are not over. */
  open(actor: Actor): Promise<number>;
  change(actor: Actor, id: string, change: ImportChange): Promise<void>;
  /** Keeps a part, compressed. False when there is one of that number with another text. */
  addPart(actor: Actor, id: string, part: number, text: string): Promise<boolean>;
  readPart(actor: Actor, id: string, part: number): Promise<string | null>;
  dropParts(actor: Actor, id: string): Promise<void>;
  /** Uploads that nobody went on with for a day, and reports of a month ago, with their parts. @returns how many */
  sweep(actor: Actor, limit: number): Promise<number>;
}
