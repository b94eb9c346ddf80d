import { badInput } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { isStorableText } from '../../kernel/scope';

export type FilterValue = string | number | boolean;

/** Conditions on one value inside the metadata; all that are given must hold. A value of another type fails a comparison. */
export interface MetadataCondition {
  /** Keys from the top, `['source', 'kind']`. */
  readonly path: readonly string[];
  readonly equals?: FilterValue | null;
  readonly in?: readonly FilterValue[] | null;
  /** A JSON null exists. */
  readonly exists?: boolean | null;
  /** A list holds the value, or a text holds the string. */
  readonly contains?: FilterValue | null;
  /** Numbers compare as numbers, strings by code point. */
  readonly lt?: string | number | null;
  readonly lte?: string | number | null;
  readonly gt?: string | number | null;
  readonly gte?: string | number | null;
}

/** `from` inclusive, `to` exclusive. */
export interface DateRange {
  readonly from?: Date | null;
  readonly to?: Date | null;
}

/** What a caller sends: the fields of one node are joined by AND, lists of nodes by their field. */
export interface RecallFilter {
  readonly and?: readonly RecallFilter[] | null;
  readonly or?: readonly RecallFilter[] | null;
  readonly not?: RecallFilter | null;
  readonly metadata?: MetadataCondition | null;
  /** Memories with any of these topics; events have none. */
  readonly topics?: readonly string[] | null;
  readonly createdAt?: DateRange | null;
  /** When it was true; for an event, when it happened. */
  readonly validFrom?: DateRange | null;
  readonly sessionId?: string | null;
}

/** A filter checked and taken apart. Every leaf is two-valued: what is missing does not match. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly node: FilterNode }
  | { readonly kind: 'equals' | 'contains'; readonly path: readonly string[]; readonly value: FilterValue }
  | { readonly kind: 'in'; readonly path: readonly string[]; readonly values: readonly FilterValue[] }
  | { readonly kind: 'exists'; readonly path: readonly string[] }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly path: readonly string[]; readonly value: string | number }
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  | { readonly kind: 'createdAt' | 'validFrom'; readonly from: Date | null; readonly to: Date | null }
  | { readonly kind: 'sessionId'; readonly sessionId: string };

export const COMPARISONS = ['lt', 'lte', 'gt', 'gte'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const MAX_FILTER_DEPTH = 6;
export const MAX_FILTER_NODES = 50;
const MAX_PATH = 8;
const MAX_VALUES = 100;
const MAX_TEXT = 1000;

const given = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** @throws GatewayError BAD_USER_INPUT naming the part at fault below `field` */
export function parseFilter(filter: RecallFilter, field: string): FilterNode {
  let nodes = 0;
  const count = <T>(node: T): T => {
    nodes += 1;
    if (nodes > MAX_FILTER_NODES) throw badInput(field, `a filter has at most ${MAX_FILTER_NODES} conditions and groups`, 'FILTER_TOO_LARGE');
    return node;
  };
  const parse = (part: RecallFilter, at: string, depth: number): FilterNode => {
    if (depth > MAX_FILTER_DEPTH) throw badInput(at, `a filter nests at most ${MAX_FILTER_DEPTH} levels`, 'FILTER_TOO_DEEP');
    const found: FilterNode[] = [];
    for (const kind of ['and', 'or'] as const) {
      const group = part[kind];
      if (!given(group)) continue;
      if (group.length === 0) throw badInput(`${at}.${kind}`, 'a group needs at least one condition');
      found.push(count({ kind, nodes: group.map((node, index) => parse(node, `${at}.${kind}.${index}`, depth + 1)) }));
    }
    if (given(part.not)) found.push(count({ kind: 'not', node: parse(part.not, `${at}.not`, depth + 1) }));
    if (given(part.metadata)) found.push(...metadataNodes(part.metadata, `${at}.metadata`).map(count));
    if (given(part.topics)) {
      if (part.topics.length > MAX_VALUES) throw badInput(`${at}.topics`, `a list has at most ${MAX_VALUES} values`);
      found.push(count({ kind: 'topics', topics: part.topics.map((topic) => requireText(topic, `${at}.topics`)) }));
    }
    for (const kind of ['createdAt', 'validFrom'] as const) {
      const range = part[kind];
      if (given(range)) found.push(count({ kind, ...requireRange(range, `${at}.${kind}`) }));
    }
    if (given(part.sessionId)) {
      if (!isUuid(part.sessionId)) throw badInput(`${at}.sessionId`, 'a session id is a UUID');
      found.push(count({ kind: 'sessionId', sessionId: part.sessionId.toLowerCase() }));
    }
    const [only] = found;
    if (only === undefined) throw badInput(at, 'a filter needs at least one condition');
    return found.length === 1 ? only : { kind: 'and', nodes: found };
  };
  return parse(filter, field, 1);
}

function metadataNodes(condition: MetadataCondition, field: string): FilterNode[] {
  if (condition.path.length === 0 || condition.path.length > MAX_PATH) throw badInput(`${field}.path`, `a path has 1 to ${MAX_PATH} keys`);
  const path = condition.path.map((key) => requireText(key, `${field}.path`));
  const nodes: FilterNode[] = [];
  if (given(condition.equals)) nodes.push({ kind: 'equals', path, value: requireValue(condition.equals, `${field}.equals`) });
  if (given(condition.contains)) nodes.push({ kind: 'contains', path, value: requireValue(condition.contains, `${field}.contains`) });
  if (given(condition.in)) {
    if (condition.in.length > MAX_VALUES) throw badInput(`${field}.in`, `a list has at most ${MAX_VALUES} values`);
    nodes.push({ kind: 'in', path, values: condition.in.map((value) => requireValue(value, `${field}.in`)) });
  }
  if (given(condition.exists)) nodes.push(condition.exists ? { kind: 'exists', path } : { kind: 'not', node: { kind: 'exists', path } });
  for (const operator of COMPARISONS) {
    const value = condition[operator];
    if (!given(value)) continue;
    if (typeof value === 'boolean') throw badInput(`${field}.${operator}`, 'only numbers and strings compare');
    nodes.push({ kind: 'compare', operator, path, value: requireValue(value, `${field}.${operator}`) });
  }
  if (nodes.length === 0) throw badInput(field, 'a metadata condition needs an operator');
  return nodes;
}

function requireText(text: string, field: string): string {
  if (typeof text !== 'string' || text.length > MAX_TEXT || !isStorableText(text)) {
    throw badInput(field, `text has at most ${MAX_TEXT} characters, without NUL or lone surrogates`);
  }
  return text;
}

/** Values come through a JSON scalar: their types are only promised. */
function requireValue<T extends FilterValue>(value: T, field: string): T {
  if (typeof value === 'string') requireText(value, field);
  else if (typeof value !== 'boolean' && !Number.isFinite(value)) throw badInput(field, 'a value is a string, a finite number or a boolean');
  return value;
}

function requireRange({ from, to }: DateRange, field: string): { from: Date | null; to: Date | null } {
  if (!given(from) && !given(to)) throw badInput(field, 'a range needs an end');
  for (const date of [from, to]) if (given(date) && Number.isNaN(date.getTime())) throw badInput(field, 'this is no date');
  return { from: from ?? null, to: to ?? null };
}
