import { requireRole, requireUnlimited, type Actor } from '../../kernel/actor';
import { badInput, type GatewayError } from '../../kernel/errors';
import { decodeCursor, encodeCursor } from '../../kernel/page';
import { time } from './fields';
import { isRecordKind, RECORD_KINDS, type RecordKind } from './records';
import type { ExportPage } from './transfer';
import type { RecordStore } from './transfer.store';

/** A page ends with the line that reaches so many bytes. */
const PAGE_BYTES = 1024 * 1024;
const PAGE_RECORDS = 5000;
/** Read at once: an event may have half a megabyte. */
const CHUNK = 50;

export interface ExportService {
  /**
   * The next lines of the tenant's data, in ContextIQ's own format; `after` is where the page before said to go on. All pages together hold what there
   * was when the first was read, less what went meanwhile. For administrators without scope limits. @throws GatewayError FORBIDDEN, BAD_USER_INPUT, UNAVAILABLE
   */
  page(actor: Actor, position: { readonly after: string | null; readonly kinds: readonly string[] | null }): Promise<ExportPage>;
}

interface Place {
  readonly kind: RecordKind;
  readonly until: string;
  readonly after: readonly string[] | null;
}

export function createExportService({ records }: { readonly records: Pick<RecordStore, 'read' | 'moment'> }): ExportService {
  return {
    async page(actor, { after, kinds }) {
      requireRole(actor, 'admin');
      requireUnlimited(actor);
      const wanted = kindsOf(kinds);
      const start = after === null ? { kind: wanted[0] ?? 'bank', until: await records.moment(), after: null } : placeOf(after);
      const lines: string[] = [];
      const counts = new Map<RecordKind, number>();
      let bytes = 0;
      const page = (next: Place | null): ExportPage => ({
        text: lines.map((line) => `${line}\n`).join(''),
        counts: [...counts].map(([kind, count]) => ({ kind, count })),
        next: next === null ? null : encodeCursor([next.kind, next.until, JSON.stringify(next.after)]),
      });
      for (const kind of wanted.slice(Math.max(0, wanted.indexOf(start.kind)))) {
        let key = kind === start.kind ? start.after : null;
        for (let more = true; more;) {
          const read = await records.read(actor, kind, { after: key, until: start.until, limit: CHUNK });
          more = read.length === CHUNK;
          for (const one of read) {
            lines.push(one.line);
            counts.set(kind, (counts.get(kind) ?? 0) + 1);
            bytes += Buffer.byteLength(one.line);
            key = one.key;
            if (bytes >= PAGE_BYTES || lines.length >= PAGE_RECORDS) return page({ kind, until: start.until, after: key });
          }
        }
      }
      return page(null);
    },
  };
}

function kindsOf(kinds: readonly string[] | null): readonly RecordKind[] {
  if (kinds === null) return RECORD_KINDS;
  const stray = kinds.find((kind) => !isRecordKind(kind));
  if (stray !== undefined || kinds.length === 0 || kinds.length > RECORD_KINDS.length) throw badInput('kinds', `there are records of ${RECORD_KINDS.join(', ')}`, 'UNKNOWN_RECORD');
  return RECORD_KINDS.filter((kind) => kinds.includes(kind));
}

function placeOf(cursor: string): Place {
  const [kind = '', until = '', after = ''] = decodeCursor(cursor, 3);
  if (!isRecordKind(kind) || !time.safeParse(until).success) throw badCursor();
  return { kind, until, after: keyOf(after) };
}

function keyOf(text: string): readonly string[] | null {
  try {
    const key: unknown = JSON.parse(text);
    if (key === null || (Array.isArray(key) && key.every((part) => typeof part === 'string'))) return key;
  } catch {
    // falls through to the one message for every malformed cursor
  }
  throw badCursor();
}

const badCursor = (): GatewayError => badInput('after', 'this is no cursor of an export', 'BAD_CURSOR');
