import { randomFillSync } from 'node:crypto';

/** One call of the system's generator fills it for many: each costs some microseconds. */
const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

/** Cryptographically random bytes, at most 256 of them, in a buffer of their own. */
export function randomBytes(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + length));
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}
