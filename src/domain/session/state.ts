import { mayTouch, type Actor } from '../../kernel/actor';
import { badInput, GatewayError } from '../../kernel/errors';
import type { JsonObject, JsonValue } from '../../kernel/json';
import { isJsonObject } from '../../kernel/json';

/** A state or a patch taken apart by the prefixes ADK users know. `temp:` keys belong to nobody: they are never stored. */
export interface SplitState {
  readonly own: JsonObject;
  readonly user: JsonObject;
  readonly app: JsonObject;
}

const NOTHING: SplitState = { own: {}, user: {}, app: {} };

export function splitState(state: JsonObject): SplitState {
  if (isEmpty(state)) return NOTHING;
  const keys = Object.entries(state).filter(([key]) => !key.startsWith('temp:'));
  // Not assigned one by one: a key may be `__proto__`.
  const pick = (belongs: (key: string) => boolean): JsonObject => Object.fromEntries(keys.filter(([key]) => belongs(key)));
  const isUser = (key: string): boolean => key.startsWith('user:');
  const isApp = (key: string): boolean => key.startsWith('app:');
  return { own: pick((key) => !isUser(key) && !isApp(key)), user: pick(isUser), app: pick(isApp) };
}

/** `user:` state spans all sessions of the user: an actor limited to scopes sees it when it may touch all of that user's. */
export const mayShareUserState = (actor: Actor, userId: string): boolean => mayTouch(actor, { user_id: userId });

/**
 * Shared keys are written by those who may touch all they are shared with; `app:` keys are read by everyone of the tenant.
 * @throws GatewayError FORBIDDEN
 */
export function requireSharedWrite(actor: Actor, userId: string, { user, app }: SplitState): void {
  if ((isEmpty(app) || actor.scopeLimits.length === 0) && (isEmpty(user) || mayShareUserState(actor, userId))) return;
  throw new GatewayError('FORBIDDEN', 'this key is limited to scopes and may not change state that others share', { reason: 'SCOPE_NOT_ALLOWED' });
}

export const withoutTemp = (state: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(state).filter(([key]) => !key.startsWith('temp:')));

export function isEmpty(state: JsonObject): boolean {
  for (const key in state) if (Object.hasOwn(state, key)) return false;
  return true;
}

/** RFC 7396 JSON Merge Patch, section 2: null removes, objects merge, anything else replaces. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map<string, JsonValue>(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

export const applyPatch = (state: JsonObject, patch: JsonObject): JsonObject => {
  const merged = mergePatch(state, patch);
  return isJsonObject(merged) ? merged : {};
};

const MAX_DEPTH = 32;
/** Bytes of one UTF-16 unit, at most. */
const MAX_UTF8 = 3;

/**
 * Refuses what PostgreSQL's jsonb would refuse or choke on: NUL, lone surrogates, nesting beyond 32, text over `maxBytes`.
 * @returns it as JSON text
 * @throws GatewayError BAD_USER_INPUT naming `field`
 */
export function requireStorableJson(value: unknown, field: string, maxBytes: number): string {
  if (isJsonObject(value) && isEmpty(value) && !('toJSON' in value)) return '{}';
  if (depthOf(value, 0) > MAX_DEPTH) throw badInput(field, `${field} nests deeper than ${MAX_DEPTH} levels`, 'TOO_DEEP');
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw badInput(field, 'a JSON value is expected');
  if (text.length * MAX_UTF8 > maxBytes && Buffer.byteLength(text) > maxBytes) throw badInput(field, `${field} is larger than ${maxBytes} bytes of JSON`, 'TOO_LARGE');
  if (text.includes('\\u') && BAD_ESCAPE.test(text)) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
  return text;
}

/** JSON.stringify writes NUL and lone surrogates as escapes; an even run of backslashes before one is just text. */
const BAD_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

function depthOf(value: unknown, depth: number): number {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return depth;
  let deepest = depth;
  for (const item of Object.values(value)) deepest = Math.max(deepest, depthOf(item, depth + 1));
  return deepest;
}
