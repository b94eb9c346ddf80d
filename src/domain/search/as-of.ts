import { badInput } from '../../kernel/errors';
import type { FilterNode } from './filters';

/** A look back: what was true at `validAt`, as far as it was known at `knownAt`. Null: not asked for, which for knowledge is today's. */
export interface AsOf {
  readonly validAt: Date | null;
  readonly knownAt: Date | null;
}
export type AsOfInput = { readonly [K in keyof AsOf]?: AsOf[K] | undefined };

/** @throws GatewayError BAD_USER_INPUT for dates that are none, and without any */
export function parseAsOf(input: AsOfInput | null | undefined, field: string): AsOf | null {
  if (input === null || input === undefined) return null;
  const { validAt = null, knownAt = null } = input;
  if (validAt === null && knownAt === null) throw badInput(field, 'a look back needs validAt or knownAt');
  for (const [name, date] of Object.entries({ validAt, knownAt })) {
    if (date !== null && Number.isNaN(date.getTime())) throw badInput(`${field}.${name}`, 'this is no date');
  }
  return { validAt, knownAt };
}

/** Ends of ranges are exclusive, and callers know times by the millisecond. */
const through = (date: Date): Date => new Date(date.getTime() + 1);

/** Events never change: what was known of them is what had been appended, what was so is what had happened. */
export function eventsAsOf(filter: FilterNode | null, asOf: AsOf | null | undefined): FilterNode | null {
  if (asOf === null || asOf === undefined) return filter;
  const nodes: FilterNode[] = [
    ...(filter === null ? [] : [filter]),
    ...(asOf.knownAt === null ? [] : [{ kind: 'createdAt' as const, from: null, to: through(asOf.knownAt) }]),
    ...(asOf.validAt === null ? [] : [{ kind: 'validFrom' as const, from: null, to: through(asOf.validAt) }]),
  ];
  return { kind: 'and', nodes };
}
