import { z } from 'zod';
import { badInput } from '../../../kernel/errors';
import type { JsonObject, JsonValue } from '../../../kernel/json';
import { parseScope, type Scope } from '../../../kernel/scope';
import type { TransferRecord } from '../records';
import type { ImportOptions } from '../transfer';
import { eventRecord, given, idOf, memoryRecord, objectOf, requiredText, sessionRecords, textOf, timeOf, topicOf, type Turn } from './drafts';
import { authorOf } from './messages';
import type { Reader } from './reader';

const column = z.string().min(1).max(256);
const pool = { scope: z.record(z.string(), column).optional(), userId: column.optional(), agentId: column.optional(), metadata: z.array(column).max(50).optional(), id: column.optional() };
const MAPPING = z.discriminatedUnion('as', [
  z.strictObject({
    as: z.literal('memory'),
    columns: z.strictObject({
      ...pool, text: column, topic: column.optional(), confidence: column.optional(), validFrom: column.optional(), validTo: column.optional(),
      createdAt: column.optional(), updatedAt: column.optional(), expiresAt: column.optional(),
    }),
  }),
  z.strictObject({
    as: z.literal('event'),
    columns: z.strictObject({ ...pool, text: column, session: column, role: column.optional(), name: column.optional(), createdAt: column.optional() }),
  }),
]);
type Mapping = z.infer<typeof MAPPING>;
type MemoryColumns = Extract<Mapping, { as: 'memory' }>['columns'];
type EventColumns = Extract<Mapping, { as: 'event' }>['columns'];

/** Rows of a session may stand anywhere: all sessions are remembered. */
const MAX_SESSIONS = 500_000;

/** Objects of any shape, mapped to memories, or to events of sessions in the order of the rows. @throws GatewayError BAD_USER_INPUT for a mapping that is none */
export function createRowsReader(options: ImportOptions): Reader {
  const parsed = MAPPING.safeParse(options.mapping);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badInput(['input.mapping', ...(issue?.path.map(String) ?? [])].join('.'), issue?.message ?? 'this is no mapping', 'INVALID_MAPPING');
  }
  const { as, columns } = parsed.data;
  if (as === 'memory') return { wrappers: [], read: (item) => [toMemory(options, columns, objectOf(item))] };
  const sessions = new Map<string, { id: string; seq: number; last: string }>();
  return { wrappers: [], read: (item) => toEvent(options, columns, objectOf(item), sessions) };
}

const at = (row: JsonObject, name: string | undefined): JsonValue | undefined => (name === undefined ? undefined : row[name]);
const text = (row: JsonObject, name: string | undefined): string | null => (name === undefined ? null : textOf(row[name], name));
const time = (row: JsonObject, name: string | undefined): string | null => (name === undefined ? null : timeOf(row[name], name));
const metadata = (row: JsonObject, names: readonly string[] = []): JsonObject => given(Object.fromEntries(names.map((name) => [name, row[name]])));

/** The import's scope, with the columns of this row on top. */
function scopeIn(row: JsonObject, { scope = {}, userId, agentId }: Pick<MemoryColumns, 'scope' | 'userId' | 'agentId'>, options: ImportOptions): Scope {
  const named = Object.entries({ ...(userId === undefined ? {} : { user_id: userId }), ...(agentId === undefined ? {} : { agent_id: agentId }), ...scope })
    .flatMap(([key, name]): [string, string][] => { const value = text(row, name); return value === null ? [] : [[key, value]]; });
  const all = { ...options.scope, ...Object.fromEntries(named) };
  if (Object.keys(all).length === 0) throw badInput('scope', 'no column names a pool, and the import has no scope', 'SCOPE_MISSING');
  return parseScope(all, 'scope');
}

function toMemory(options: ImportOptions, columns: MemoryColumns, row: JsonObject): TransferRecord {
  const scope = scopeIn(row, columns, options);
  const fact = requiredText(row[columns.text], columns.text);
  const topic = topicOf(text(row, columns.topic) ?? '');
  const confidence = at(row, columns.confidence);
  return memoryRecord(options, {
    source: ['row', scope, text(row, columns.id) ?? fact],
    scope, fact,
    topics: topic === null ? [] : [topic],
    ...(confidence === undefined || confidence === null ? {} : { confidence: Number(confidence) }),
    metadata: metadata(row, columns.metadata),
    validFrom: time(row, columns.validFrom), validTo: time(row, columns.validTo),
    createdAt: time(row, columns.createdAt), updatedAt: time(row, columns.updatedAt), expiresAt: time(row, columns.expiresAt),
  });
}

/** The first row of a session makes it. */
function* toEvent(options: ImportOptions, columns: EventColumns, row: JsonObject, sessions: Map<string, { id: string; seq: number; last: string }>): Generator<TransferRecord, void, undefined> {
  const name = requiredText(row[columns.session], columns.session);
  const scope = scopeIn(row, columns, options);
  const said = requiredText(row[columns.text], columns.text);
  const when = time(row, columns.createdAt);
  // Names may be long, and there may be many.
  const key = idOf(null, name);
  let open = sessions.get(key);
  if (open === undefined) {
    if (sessions.size >= MAX_SESSIONS) throw badInput(columns.session, `the rows of an import make at most ${MAX_SESSIONS} sessions; bring in the rest as another`, 'TOO_MANY_SESSIONS');
    const userId = text(row, columns.userId) ?? scope['user_id'];
    if (userId === undefined) throw badInput('userId', 'no column names the user, and the import’s scope has no user_id', 'USER_MISSING');
    const [session] = sessionRecords({ source: ['row', 'session', name], userId, agentId: text(row, columns.agentId), scope, metadata: { source_id: name }, createdAt: when }, []);
    if (session?.kind !== 'session') return;
    yield session;
    open = { id: session.value.id, seq: 0, last: session.value.createdAt };
  }
  const next = { id: open.id, seq: open.seq + 1, last: when ?? open.last };
  const role = text(row, columns.role);
  const turn: Turn = {
    source: [text(row, columns.id) ?? idOf(null, next.seq, said)], author: role === null ? 'USER' : authorOf(role, columns.role), authorName: text(row, columns.name), text: said,
    metadata: metadata(row, columns.metadata), at: when,
  };
  yield eventRecord(next.id, next.seq, turn, next.last);
  sessions.set(key, next);
}
