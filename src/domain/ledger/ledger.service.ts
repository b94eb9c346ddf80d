import { requireRole, requireScope, requireUnlimited, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, GatewayError } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import type { JsonObject } from '../../kernel/json';
import { toPage, type Page } from '../../kernel/page';
import { isStorableText, parseScope, type Scope } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { SessionStore } from '../session/session.store';
import { requireStorableJson } from '../session/state';
import { addEntry } from './add-entry';
import { parseBlock } from './block';
import type { Decision, LedgerHead, NewDecision, StoredEntry, Verification } from './ledger';
import type { EntryFilter, LedgerStore } from './ledger.store';
import { createVerifier } from './verify';

const MAX_TEXT = 4000;
const MAX_REASONING = 16_000;
const MAX_ALTERNATIVES = 20;
const MAX_EVIDENCE = 100;
const MAX_KEY = 256;
const MAX_METADATA_BYTES = 16 * 1024;
const PAGE = 500;
/** Some seconds of hashing at most. */
const MAX_VERIFIED = 50_000;

export interface LedgerService {
  /** Appends to the tenant's chain. @throws GatewayError BAD_USER_INPUT, NOT_FOUND (the session), FORBIDDEN (the scope) */
  logDecision(actor: Actor, input: NewDecision, options?: { readonly idempotency?: IdempotencyKey | null }): Promise<Decision>;
  find(actor: Actor, cid: string): Promise<Decision | null>;
  /** Newest first; what was erased is not among them. */
  list(actor: Actor, filter: Omit<EntryFilter, 'kind'>, position: { readonly limit: number; readonly offset: number; readonly before: number | null }): Promise<Page<Decision>>;
  /** Checks up to 50,000 entries after a seq. `known`: the CID of an entry that must be there. For admins without scope limits. */
  verify(actor: Actor, options?: { readonly after?: number; readonly known?: string | null }): Promise<Verification>;
  /** Every entry in order, for an export. For admins without scope limits. */
  entries(actor: Actor): AsyncGenerator<StoredEntry>;
}

interface Stores {
  readonly ledger: LedgerStore;
  readonly sessions: SessionStore;
  readonly idempotency: IdempotencyStore;
}

interface LedgerServiceDeps {
  readonly ledger: LedgerStore;
  readonly transact: Transact<Stores>;
  readonly clock: Clock;
}

export function createLedgerService({ ledger, transact, clock }: LedgerServiceDeps): LedgerService {
  const find = async (actor: Actor, cid: string): Promise<Decision | null> => {
    requireRole(actor, 'reader');
    if (!isStorableText(cid)) return null;
    const [entry] = await ledger.getMany(actor, [cid]);
    return entry === undefined || entry === null ? null : toDecision(entry);
  };

  return {
    async logDecision(actor, input, { idempotency } = {}) {
      requireRole(actor, 'writer');
      const content = checkedContent(input);
      const given = input.scope === undefined || input.scope === null ? null : parseScope(input.scope, 'input.scope');
      const { cid } = await transact((stores) =>
        once(stores.idempotency, actor, idempotency, async () => {
          const scope = given ?? await scopeOfSession(stores.sessions, actor, input.sessionId);
          requireScope(actor, scope, 'input.scope');
          if (given !== null && !isAbsent(input.sessionId)) await scopeOfSession(stores.sessions, actor, input.sessionId);
          return { cid: await addEntry(stores.ledger, actor, 'DECISION', content, scope, clock.now()) };
        }));
      const decision = await find(actor, cid);
      if (decision === null) throw new Error('a decision just logged is not readable');
      return decision;
    },

    find,

    async list(actor, filter, position) {
      requireRole(actor, 'reader');
      const rows = await ledger.list(actor, { ...filter, kind: 'DECISION' }, { ...position, limit: position.limit + 1 });
      const page = toPage(rows, position.limit);
      return { ...page, items: page.items.flatMap((entry) => toDecision(entry) ?? []) };
    },

    async verify(actor, { after = 0, known = null } = {}) {
      requireOwner(actor);
      if (!Number.isSafeInteger(after) || after < 0) throw badInput('after', 'after is a seq, a whole number from 0');
      const head = await ledger.head(actor);
      const [start] = after === 0 ? [] : await ledger.readAfter(actor, after - 1, 1);
      const verifier = createVerifier(actor.tenantId, start === undefined ? null : { seq: start.seq, cid: start.cid });
      const result = (checked: number, firstBroken: Verification['firstBroken'], nextAfter: number | null): Verification =>
        ({ isValid: firstBroken === null, checked, erased: verifier.erased, head, firstBroken, nextAfter });
      if (after > 0 && start?.seq !== after) return result(0, { seq: after, cid: null, fault: 'MISSING' }, null);
      let checked = 0;
      for (;;) {
        const page = await ledger.readAfter(actor, verifier.last?.seq ?? 0, PAGE);
        for (const entry of page) {
          const broken = verifier.check(entry);
          if (broken !== null) return result(checked, broken, null);
          checked += 1;
        }
        if (page.length < PAGE) break;
        if (checked >= MAX_VERIFIED) return result(checked, null, verifier.last?.seq ?? null);
      }
      const fault = headFault(head, verifier.last);
      if (fault !== null) return result(checked, fault, null);
      const [seen] = known === null ? [] : await ledger.getMany(actor, [known]);
      if (seen === null) return result(checked, { seq: 0, cid: known, fault: 'UNKNOWN_ENTRY' }, null);
      return result(checked, null, null);
    },

    async *entries(actor) {
      requireOwner(actor);
      for (let after = 0; ; ) {
        const page = await ledger.readAfter(actor, after, PAGE);
        yield* page;
        after = page.at(-1)?.seq ?? after;
        if (page.length < PAGE) return;
      }
    },
  };
}

/** An entry may have been added since the head was read. */
function headFault(head: LedgerHead | null, last: LedgerHead | null): Verification['firstBroken'] {
  if (head === null) return last === null ? null : { seq: last.seq, cid: last.cid, fault: 'HEAD_CHANGED' };
  if (last === null || last.seq < head.seq) return { seq: (last?.seq ?? 0) + 1, cid: null, fault: 'MISSING' };
  return last.seq === head.seq && last.cid !== head.cid ? { seq: last.seq, cid: last.cid, fault: 'HEAD_CHANGED' } : null;
}

function requireOwner(actor: Actor): void {
  requireRole(actor, 'admin');
  requireUnlimited(actor);
}

async function scopeOfSession(sessions: SessionStore, actor: Actor, sessionId: string | null | undefined): Promise<Scope> {
  if (isAbsent(sessionId)) throw badInput('input.scope', 'a decision needs a scope or a sessionId, whose scope it then has');
  const [session] = isUuid(sessionId) ? await sessions.getMany(actor, [sessionId]) : [];
  if (session === undefined || session === null) throw new GatewayError('NOT_FOUND', `session ${sessionId.slice(0, 100)} does not exist`, { field: 'input.sessionId' });
  return session.scope;
}

function checkedContent(input: NewDecision): JsonObject {
  const { text, reasoning, alternatives = [], confidence, agentId, sessionId, evidence = [], metadata = {} } = input;
  requireText(text, 'input.text', MAX_TEXT);
  if (!isAbsent(reasoning)) requireText(reasoning, 'input.reasoning', MAX_REASONING);
  requireTexts(alternatives, 'input.alternatives', MAX_ALTERNATIVES, MAX_TEXT);
  requireTexts(evidence, 'input.evidence', MAX_EVIDENCE, MAX_KEY);
  if (!isAbsent(sessionId)) requireText(sessionId, 'input.sessionId', MAX_KEY);
  if (!isAbsent(agentId)) requireText(agentId, 'input.agentId', MAX_KEY);
  if (!isAbsent(confidence) && !(confidence >= 0 && confidence <= 1)) throw badInput('input.confidence', 'a confidence is a number from 0 to 1');
  requireStorableJson(metadata, 'input.metadata', MAX_METADATA_BYTES);
  return {
    text, reasoning: reasoning ?? null, alternatives, confidence: confidence ?? null, agentId: agentId ?? null,
    sessionId: sessionId?.toLowerCase() ?? null, evidence, metadata,
  };
}

function requireTexts(texts: readonly string[], field: string, most: number, length: number): void {
  if (texts.length > most) throw badInput(field, `${field} has at most ${most} entries`);
  for (const [index, text] of texts.entries()) requireText(text, `${field}.${index}`, length);
}

function requireText(text: string, field: string, length: number): void {
  if (text.trim() === '' || text.length > length || !isStorableText(text)) {
    throw badInput(field, `${field} has 1 to ${length} characters, without NUL or lone surrogates`);
  }
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

/** Null for an entry of another kind, and for one whose block was tampered with beyond reading. */
function toDecision({ cid, block: hashed, record }: StoredEntry): Decision | null {
  const block = parseBlock(hashed);
  if (block === null || block.kind !== 'DECISION') return null;
  const content = record === null ? {} : (JSON.parse(record.content) as Partial<Decision>); // our own canonical JSON
  const { seq, previous, at, principal } = block;
  const { text = null, reasoning = null, alternatives = [], confidence = null, agentId = null, sessionId = null, evidence = [], metadata = {} } = content;
  return {
    cid, seq, previous, at: new Date(at), principalId: principal, isErased: record === null,
    text, reasoning, alternatives, confidence, agentId, sessionId, evidence, metadata, scope: record?.scope ?? null,
  };
}
