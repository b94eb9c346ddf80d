import { z } from 'zod';
import { isUuid, isUuidV7 } from '../../kernel/ids';
import { GatewayError } from '../../kernel/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '../../kernel/json';
import { isStorableText, parseScope, type Scope } from '../../kernel/scope';
import { requireStorableJson } from '../session/state';

/** The parts that records are made of: whatever passes is stored as it is. */

/** What is counted goes on from there, in 32 bits. */
const MOST = 1_000_000_000;
const METADATA_BYTES = 16 * 1024;

export const text = (most: number, least = 0) =>
  z.string().min(least).max(most).refine(isStorableText, 'text holds no NUL and no lone surrogate');
export const name = text(256, 1);
export const uuid = z.string().refine(isUuid, 'this is no UUID').transform((id) => id.toLowerCase());
export const uuid7 = z.string().refine(isUuidV7, 'this is no UUID of version 7').transform((id) => id.toLowerCase());
export const count = z.int().min(0).max(MOST);
export const ordinal = z.int().min(1).max(MOST);
export const seq = ordinal;
export const share = z.number().min(0).max(1);
/** PostgreSQL reads no time of more than 128 characters. */
const MAX_TIME = 64;
const [FIRST, LAST] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];
/** PostgreSQL knows no year 0 and no offset of 16 hours, and an export writes years of four digits. */
export const time = z.iso.datetime({ offset: true }).refine((at) => !/^0000|[+-](?:1[6-9]|2\d):\d\d$/.test(at) && at.length <= MAX_TIME && Date.parse(at) >= FIRST && Date.parse(at) <= LAST, 'this is no date');

/** Runs a check that throws as the rest of the house does. */
const checked = <T>(check: (value: unknown) => T) =>
  z.unknown().transform((value, context): T => {
    try {
      return check(value);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });

export const scope = checked((value): Scope => parseScope(value, 'scope'));
export const json = (bytes: number) => checked((value): JsonValue => {
  requireStorableJson(value, 'value', bytes);
  return value as JsonValue; // a seam: what `requireStorableJson` takes is JSON
});
export const object = (bytes: number) => checked((value): JsonObject => {
  if (!isJsonObject(value)) throw new GatewayError('BAD_USER_INPUT', 'an object is expected');
  requireStorableJson(value, 'value', bytes);
  return value;
});
export const metadata = object(METADATA_BYTES).default({});
