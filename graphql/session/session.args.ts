import { badInput } from '../../src/kernel/errors';

const MAX_OFFSET = 10_000;

/** @throws GatewayError BAD_USER_INPUT unless a whole number from 0 to 10,000 */
export function pageOffset(offset: number | null | undefined): number {
  if (offset === null || offset === undefined) return 0;
  if (offset < 0 || offset > MAX_OFFSET) throw badInput('offset', `offset is a whole number from 0 to ${MAX_OFFSET}`);
  return offset;
}

/** The first seq of "after this seq". @throws GatewayError BAD_USER_INPUT for a negative seq */
export function eventRange(after: number, field: string): number {
  if (!Number.isSafeInteger(after) || after < 0) throw badInput(field, 'a seq is a whole number from 0');
  return after + 1;
}
