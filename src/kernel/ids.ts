import { randomBytes } from './random';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

let lastMs = 0;
let counter = 0;
/** The text of the time, the version included: many ids share it. */
let prefix = '';
let prefixMs = -1;

/**
 * A UUIDv7 (RFC 9562, section 5.7), strictly increasing within this process:
 * 48 bits of Unix milliseconds, 12 bits of counter in `rand_a` (method 1), 62 random bits.
 */
export function newId(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now;
    counter = randomBytes(2).readUInt16BE() & 0x3ff;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  if (lastMs !== prefixMs) {
    prefixMs = lastMs;
    const time = lastMs.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  const random = randomBytes(8);
  random[0] = 0x80 | ((random[0] ?? 0) & 0x3f);
  const hex = random.toString('hex');
  return `${prefix}${(counter + 0x1000).toString(16).slice(1)}-${hex.slice(0, 4)}-${hex.slice(4)}`;
}

/** No UUIDv7 that was made by `ms` comes after it. */
export function lastIdBy(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7fff-bfff-ffffffffffff`;
}

export const isUuid = (value: string): boolean => UUID.test(value);

/** Lists are in the order of their ids where these are made in order of time. */
export const isUuidV7 = (value: string): boolean => isUuid(value) && value[14] === '7';
