import { randomBytes } from './random';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-|$)/;
const ALL_ZERO = '0'.repeat(32);

/** The trace id (32 hex digits) of a W3C `traceparent` header, or a fresh one when it is absent or malformed. */
export function traceIdFrom(traceparent: string | undefined): string {
  const given = traceparent === undefined ? undefined : TRACEPARENT.exec(traceparent)?.[1];
  return given === undefined || given === ALL_ZERO ? randomBytes(16).toString('hex') : given;
}
