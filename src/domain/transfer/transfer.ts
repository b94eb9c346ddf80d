import type { JsonObject } from '../../kernel/json';
import type { Scope } from '../../kernel/scope';
import type { RecordKind } from './records';

export const FORMATS = ['CONTEXTIQ', 'MEM0', 'CONVERSATIONS', 'ZEP', 'LETTA', 'LANGGRAPH', 'ROWS'] as const;
export type Format = (typeof FORMATS)[number];

export const IMPORT_STATUSES = ['UPLOADING', 'PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELED'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];
export const isOver = (status: ImportStatus): boolean => status === 'COMPLETED' || status === 'CANCELED';

/** What became of the records of one kind; `line` stands for what could not be read as any. */
export interface RecordCount {
  readonly kind: RecordKind | 'line';
  /** Written; in a dry run what would be. */
  readonly created: number;
  /** There already, and left as it is. */
  readonly existing: number;
  readonly refused: number;
}

/** Why something was refused, and where it stands. Names fields, and quotes nothing. */
export interface Problem {
  /** Of the data, from 1. */
  readonly line: number;
  readonly kind: RecordKind | 'line';
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

/** How to read what does not say it itself. */
export interface ImportOptions {
  readonly format: Format;
  /** The pool of what names none. */
  readonly scope: Scope | null;
  readonly bankId: string;
  /** Of ROWS: which columns are what. */
  readonly mapping: JsonObject | null;
}

export interface Import extends ImportOptions {
  readonly id: string;
  readonly dryRun: boolean;
  readonly status: ImportStatus;
  /** Parts and bytes that were uploaded. */
  readonly parts: number;
  readonly bytes: number;
  /** Parts that are read. */
  readonly partsRead: number;
  /** Records and bad lines that are done. */
  readonly done: number;
  readonly counts: readonly RecordCount[];
  /** The first 100. */
  readonly problems: readonly Problem[];
  readonly error: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

/** A piece of an export: whole lines, and where to go on. */
export interface ExportPage {
  readonly text: string;
  readonly counts: readonly { readonly kind: RecordKind; readonly count: number }[];
  /** Null when this is the last one. */
  readonly next: string | null;
}

export const MAX_PROBLEMS = 100;

/** Adds what became of some records. */
export function addOutcomes(counts: readonly RecordCount[], outcomes: readonly { readonly kind: RecordCount['kind']; readonly outcome: 'created' | 'existing' | 'refused' }[]): RecordCount[] {
  const byKind = new Map(counts.map((entry) => [entry.kind, entry]));
  for (const { kind, outcome } of outcomes) {
    const entry = byKind.get(kind) ?? { kind, created: 0, existing: 0, refused: 0 };
    byKind.set(kind, { ...entry, [outcome]: entry[outcome] + 1 });
  }
  return [...byKind.values()];
}
