import type { Actor } from '../src/kernel/actor';
import { badInput } from '../src/kernel/errors';

/** What every resolver sees, over HTTP and WebSocket alike. A subscription gets fresh loaders for each event. */
export interface GatewayContext<App, Loaders> {
  readonly actor: Actor;
  readonly traceId: string;
  readonly app: App;
  readonly loaders: Loaders;
  /** From the `Idempotency-Key` header or the operation's `extensions.idempotencyKey`; an input's own field wins over it. */
  readonly idempotencyKey: string | null;
  /** Called by a mutation: the token leaves in `extensions.consistencyToken` and, over HTTP, in `x-consistency-token`. */
  setConsistencyToken(token: string): void;
}

/** The secret a caller presented: API key or bearer token. */
export interface Credentials {
  readonly secret: string | null;
}

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;
const BEARER = /^Bearer +([^\s]+) *$/i;

/** @throws GatewayError BAD_USER_INPUT unless absent or 1 to 255 visible ASCII characters. */
export function parseIdempotencyKey(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || !VISIBLE_ASCII.test(value)) {
    throw badInput(field, 'an idempotency key has 1 to 255 visible ASCII characters', 'IDEMPOTENCY_KEY_INVALID');
  }
  return value;
}

/** One key per operation. @throws GatewayError BAD_USER_INPUT when the header and the extension disagree. */
export function chooseIdempotencyKey(header: unknown, extension: unknown): string | null {
  const fromHeader = parseIdempotencyKey(header, 'Idempotency-Key');
  const fromExtension = parseIdempotencyKey(extension, 'extensions.idempotencyKey');
  if (fromHeader !== null && fromExtension !== null && fromHeader !== fromExtension) {
    throw badInput('extensions.idempotencyKey', 'it differs from the Idempotency-Key header', 'IDEMPOTENCY_KEY_INVALID');
  }
  return fromHeader ?? fromExtension;
}

/** The secret of `Authorization: Bearer …`, else of `x-api-key`. @throws GatewayError BAD_USER_INPUT for another scheme. */
export function secretOf(authorization: unknown, apiKey: unknown): string | null {
  if (typeof authorization === 'string' && authorization !== '') {
    const secret = BEARER.exec(authorization)?.[1];
    if (secret === undefined) throw badInput('authorization', 'the form is `Bearer <key>`', 'AUTHORIZATION_MALFORMED');
    return secret;
  }
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : null;
}
