import { createHash } from 'node:crypto';
import { GatewayError } from '../../kernel/errors';
import type { Stored } from './objects.port';

export interface Measured {
  readonly body: AsyncIterable<Uint8Array>;
  /** What went through; complete once the body has ended. */
  stored(): Stored;
}

/** Counts and hashes what passes. The bound holds before anything beyond it is passed on. */
export function measured(body: AsyncIterable<Uint8Array>, key: string, maxBytes: number): Measured {
  const hash = createHash('sha256');
  let bytes = 0;
  let digest: string | null = null;
  async function* passed(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new GatewayError('PAYLOAD_TOO_LARGE', `the object ${key} is larger than ${maxBytes} bytes`, { reason: 'OBJECT_TOO_LARGE' });
      hash.update(chunk);
      yield chunk;
    }
  }
  return { body: passed(), stored: () => ({ bytes, sha256: (digest ??= hash.digest('hex')) }) };
}

/** Passes a stored body on, and fails at its end when it is not what was stored. */
export async function* verified(body: AsyncIterable<Uint8Array>, key: string, expected: Stored): AsyncGenerator<Uint8Array, void> {
  const { body: passed, stored } = measured(body, key, Infinity);
  yield* passed;
  const actual = stored();
  if (actual.bytes === expected.bytes && actual.sha256 === expected.sha256) return;
  throw new GatewayError('INTERNAL_SERVER_ERROR', `the object ${key} is not what was stored: ${actual.bytes} bytes (sha256 ${actual.sha256}), expected ${expected.bytes} (${expected.sha256})`, { reason: 'OBJECT_DAMAGED' });
}
