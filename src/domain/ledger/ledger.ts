import type { JsonObject } from '../../kernel/json';
import type { Scope } from '../../kernel/scope';

export const ENTRY_KINDS = ['DECISION', 'RECEIPT'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/**
 * What is chained and never changes. Its CID (version 1, multicodec `json`, SHA-256) is that of its canonical JSON.
 * It holds no text of a record, only `commitment`: SHA-256 over the record's salt and canonical JSON, in hex.
 */
export interface Block {
  readonly v: 1;
  readonly tenant: string;
  /** From 1, without gaps. */
  readonly seq: number;
  /** CID of the entry before, null for the first. */
  readonly previous: string | null;
  readonly kind: EntryKind;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly principal: string;
  readonly commitment: string;
}

/** The erasable part of an entry. `content` is canonical JSON. */
export interface LedgerRecord {
  readonly salt: Buffer;
  readonly content: string;
  readonly scope: Scope;
}

/** An entry as it is stored: the block's text as it was hashed. `record` is null once it was erased. */
export interface StoredEntry {
  readonly seq: number;
  readonly cid: string;
  readonly block: string;
  readonly record: LedgerRecord | null;
}

export interface LedgerHead {
  readonly seq: number;
  readonly cid: string;
}

export interface NewDecision {
  readonly text: string;
  readonly reasoning?: string | null;
  readonly alternatives?: readonly string[];
  /** 0 to 1. */
  readonly confidence?: number | null;
  readonly agentId?: string | null;
  readonly sessionId?: string | null;
  /** Ids of events, memories or whatever else it rests on. */
  readonly evidence?: readonly string[];
  readonly metadata?: JsonObject;
  /** The session's unless given. */
  readonly scope?: unknown;
}

export interface Decision {
  readonly cid: string;
  readonly seq: number;
  readonly previous: string | null;
  readonly at: Date;
  readonly principalId: string;
  readonly isErased: boolean;
  readonly text: string | null;
  readonly reasoning: string | null;
  readonly alternatives: readonly string[];
  readonly confidence: number | null;
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly evidence: readonly string[];
  readonly metadata: JsonObject;
  readonly scope: Scope | null;
}

export const FAULTS = ['MISSING', 'CONTENT_CHANGED', 'LINK_BROKEN', 'RECORD_CHANGED', 'HEAD_CHANGED', 'UNKNOWN_ENTRY'] as const;
/**
 * MISSING: no entry has that seq. CONTENT_CHANGED: the block is not what its CID says. LINK_BROKEN: it does not name the
 * entry before. RECORD_CHANGED: the record is not what the block committed to. HEAD_CHANGED: the chain ends elsewhere than
 * was noted. UNKNOWN_ENTRY: the CID that the caller knew is not in the chain.
 */
export type Fault = (typeof FAULTS)[number];

export interface BrokenLink {
  readonly seq: number;
  readonly cid: string | null;
  readonly fault: Fault;
}

export interface Verification {
  readonly isValid: boolean;
  readonly checked: number;
  readonly erased: number;
  readonly head: LedgerHead | null;
  readonly firstBroken: BrokenLink | null;
  /** Where to go on; null when the end was reached or a broken link was found. */
  readonly nextAfter: number | null;
}
