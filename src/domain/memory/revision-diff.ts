import type { JsonValue } from '../../kernel/json';
import type { MemoryRevision } from './memory';

const DIFF_FIELDS = ['fact', 'topics', 'confidence', 'validFrom', 'validTo', 'metadata', 'eventIds'] as const;
export type DiffField = (typeof DIFF_FIELDS)[number];

/** A run of words that stayed, came or went; the white space after a word belongs to it. */
export interface WordChange {
  readonly kind: 'SAME' | 'ADDED' | 'REMOVED';
  readonly text: string;
}

export interface FieldChange {
  readonly field: DiffField;
  /** Dates in ISO 8601. */
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/** What changed between two revisions; all empty when nothing did. */
export interface RevisionDiff {
  readonly from: MemoryRevision;
  readonly to: MemoryRevision;
  /** Fields whose values differ, in a fixed order. */
  readonly changes: readonly FieldChange[];
  /** SAME and REMOVED in order give the old fact, SAME and ADDED the new one. */
  readonly words: readonly WordChange[];
}

export function diffRevisions(from: MemoryRevision, to: MemoryRevision): RevisionDiff {
  const changes = DIFF_FIELDS.flatMap((field): FieldChange[] => {
    const [before, after] = [plain(from[field]), plain(to[field])];
    return canonical(before) === canonical(after) ? [] : [{ field, before, after }];
  });
  return { from, to, changes, words: diffWords(from.fact, to.fact) };
}

const plain = (value: MemoryRevision[DiffField]): JsonValue => (value instanceof Date ? value.toISOString() : (value));

/** Equal for equal JSON: the order of an object's keys says nothing. */
function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_key, each: JsonValue) =>
    (each !== null && typeof each === 'object' && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each));
}

const tokens = (text: string): string[] => text.match(/\S+\s*|^\s+/gu) ?? [];

/** By the longest common subsequence of words; a fact has at most 2,000 characters, so at most a million comparisons. */
export function diffWords(before: string, after: string): readonly WordChange[] {
  const [a, b] = [tokens(before), tokens(after)];
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = longest[i];
    for (let j = b.length - 1; row !== undefined && j >= 0; j -= 1) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const words: WordChange[] = [];
  const put = (kind: WordChange['kind'], text: string): void => {
    const last = words.at(-1);
    if (last?.kind === kind) words[words.length - 1] = { kind, text: last.text + text };
    else words.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [old, next] = [a[i], b[j]];
    if (old !== undefined && old === next) { put('SAME', old); i += 1; j += 1; }
    else if (old !== undefined && (next === undefined || at(i + 1, j) >= at(i, j + 1))) { put('REMOVED', old); i += 1; }
    else if (next !== undefined) { put('ADDED', next); j += 1; }
  }
  return words;
}
