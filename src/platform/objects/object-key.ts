import { badInput } from '../../kernel/errors';

const MAX_KEY = 400;
const SEGMENT = /^[a-z0-9][a-z0-9._=-]{0,119}$/;

/** Lower case only, so that file systems which ignore case hold the same as others; a segment never begins with a dot. @throws GatewayError BAD_USER_INPUT */
export function requireKey(key: string): string {
  if (key.length > MAX_KEY || !key.split('/').every((segment) => SEGMENT.test(segment))) throw badKey(key);
  return key;
}

/** The beginning of a key: whole segments and a part of the next. */
export function requirePrefix(prefix: string): string {
  const segments = prefix.split('/');
  const open = segments.pop() ?? '';
  if (prefix.length > MAX_KEY || !segments.every((segment) => SEGMENT.test(segment)) || (open !== '' && !SEGMENT.test(open))) throw badKey(prefix);
  return prefix;
}

const badKey = (key: string): Error =>
  badInput('key', `${JSON.stringify(key.slice(0, 100))} is no key of an object: segments of a-z, 0-9, ".", "_", "=", "-" between slashes, at most ${MAX_KEY} characters`, 'OBJECT_KEY');

export const contentTypeOf = (key: string): string =>
  key.endsWith('.gz') ? 'application/gzip' : key.endsWith('.json') ? 'application/json' : 'application/octet-stream';
