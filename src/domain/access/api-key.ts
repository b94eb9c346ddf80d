import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '../../kernel/actor';
import type { Scope } from '../../kernel/scope';

/** What is kept of a key: never its secret. A high-entropy secret needs no slow hash. */
export interface ApiKey {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly secretHash: Buffer;
  readonly last4: string;
  readonly roles: readonly Role[];
  readonly scopeLimits: readonly Scope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SHAPE = /^ciq_([0-9A-Za-z]{12})_([0-9A-Za-z]{40})$/;

/** `ciq_<id>_<secret>`: 40 of 62 letters are 238 bits. Shown once; afterwards only its id and last four letters are known. */
export function generateKey(): { text: string; id: string; secretHash: Buffer; last4: string } {
  const id = randomText(12);
  const secret = randomText(40);
  return { text: `ciq_${id}_${secret}`, id, secretHash: hashSecret(secret), last4: secret.slice(-4) };
}

/** Null when the text has not the shape of a key. */
export function splitKey(text: string): { id: string; secret: string } | null {
  const [, id, secret] = SHAPE.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

export const secretMatches = (secret: string, hash: Buffer): boolean => timingSafeEqual(hashSecret(secret), hash);

const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Letters without modulo bias: bytes past the largest multiple of 62 are thrown away. */
function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
  }
  return text;
}
