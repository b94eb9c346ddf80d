import { badInput } from './errors';
import { isUuid } from './ids';
import { isJsonObject } from './json';

/** What a reader has written: a later search that waits for the token sees all of it. */
export interface ConsistencyToken {
  readonly tenantId: string;
  /** When the mutation had committed. */
  readonly at: Date;
  /** Generation jobs whose memories the reader waits for. */
  readonly generations: readonly string[];
}

const VERSION = 1;
const MAX_LENGTH = 16_384;
const MAX_GENERATIONS = 100;

/** Opaque to clients: base64url of canonical JSON. */
export const encodeConsistencyToken = ({ tenantId, at, generations }: ConsistencyToken): string =>
  Buffer.from(JSON.stringify({ v: VERSION, t: tenantId, at: at.toISOString(), ...(generations.length === 0 ? {} : { g: generations }) })).toString('base64url');

/** @throws GatewayError BAD_USER_INPUT for what is no token, or one of another tenant */
export function decodeConsistencyToken(token: string, tenantId: string, field = 'waitFor'): ConsistencyToken {
  const parsed = parse(token);
  if (parsed === null || parsed.tenantId !== tenantId) throw badInput(field, 'this is no consistency token of yours', 'BAD_CONSISTENCY_TOKEN');
  return parsed;
}

/** The token that covers all of them: the latest time, every generation (the newest 100). */
export function mergeConsistencyTokens(tokens: readonly string[]): string {
  const parsed = tokens.flatMap((token) => parse(token) ?? []);
  const [first] = parsed;
  if (first === undefined) throw new Error('there is no token to merge');
  return encodeConsistencyToken({
    tenantId: first.tenantId,
    at: new Date(Math.max(...parsed.map(({ at }) => at.getTime()))),
    generations: [...new Set(parsed.flatMap(({ generations }) => generations))].slice(-MAX_GENERATIONS),
  });
}

function parse(token: string): ConsistencyToken | null {
  if (token.length > MAX_LENGTH) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!isJsonObject(value) || value['v'] !== VERSION || typeof value['t'] !== 'string' || typeof value['at'] !== 'string') return null;
    const at = new Date(value['at']);
    const generations: unknown = value['g'] ?? [];
    if (Number.isNaN(at.getTime()) || !Array.isArray(generations) || generations.length > MAX_GENERATIONS) return null;
    return generations.every((id): id is string => typeof id === 'string' && isUuid(id)) ? { tenantId: value['t'], at, generations } : null;
  } catch {
    return null; // whatever is not our JSON is no token
  }
}
