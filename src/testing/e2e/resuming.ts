import { dataOf, follow } from './follower';
import type { Random } from './random';

export interface Resuming {
  /** Several gateways on one database: each connection goes to one of them. */
  readonly url: string | readonly string[];
  readonly query: string;
  readonly variables: object;
  readonly field: string;
  readonly random: Random;
  readonly connectionParams?: Record<string, unknown>;
  /** Most items that one connection may live for. */
  readonly longestRun: number;
  /** True once everything has come; the follower then leaves. */
  readonly isDone: (items: readonly { cursor: string }[]) => boolean;
}

const LONGEST_SILENCE_MS = 20_000;

/**
 * Follows a subscription over connections that are cut at random, after so many items or milliseconds, some before
 * the first, and resumes each time after the last cursor that arrived. @returns all items in the order of arrival, and the number of cuts
 */
export async function followThroughCuts({ url, query, variables, field, random, longestRun, isDone, connectionParams = {} }: Resuming) {
  const seen = [JSON.parse('null')].slice(1);
  let after = '0';
  for (let cuts = 0; ; cuts += 1) {
    const most = 1 + random.int(longestRun);
    const follower = follow(typeof url === 'string' ? url : url[random.int(url.length)] ?? '', query, { ...variables, after }, {
      connectionParams,
      onItem: () => { if (follower.items.length >= most || isDone([...seen, ...dataOf(follower, field)])) follower.cut(); },
    });
    const knife = random.chance(0.4) ? setTimeout(() => follower.cut(), random.int(60)) : undefined;
    const starved = new AbortController();
    const impatience = setTimeout(() => { starved.abort(); follower.cut(); }, LONGEST_SILENCE_MS);
    const { error } = await follower.end;
    clearTimeout(knife);
    clearTimeout(impatience);
    await follower.close();
    seen.push(...dataOf(follower, field));
    after = seen.at(-1)?.cursor ?? after;
    if (isDone(seen)) return { seen, cuts };
    if (starved.signal.aborted) throw new Error(`nothing more came after ${seen.length} items, up to ${after}`);
    if (error === null) throw new Error('the subscription completed before everything had come');
    if (Array.isArray(error)) throw new Error(JSON.stringify(error));
  }
}
