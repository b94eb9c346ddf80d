import { dataOf, follow } from './follower';
import type { Random } from './random';

export interface Resuming {
  readonly url: string;
  readonly query: string;
  readonly variables: object;
  readonly field: string;
  readonly random: Random;
  /** True once everything has come; the follower then leaves. */
  readonly isDone: (items: readonly { cursor: string }[]) => boolean;
}

const LONGEST_RUN = 40;

/**
 * Follows a subscription over connections that are cut after a random number of items, some before the first, and resumes
 * each time after the last cursor that arrived. @returns all items in the order of arrival, and how often it was cut
 */
export async function followThroughCuts({ url, query, variables, field, random, isDone }: Resuming) {
  const seen = [JSON.parse('null')].slice(1);
  let after = '0';
  for (let cuts = 0; ; cuts += 1) {
    const wanted = random.chance(0.15) ? 0 : 1 + random.int(LONGEST_RUN);
    const follower = follow(url, query, { ...variables, after }, { onItem: () => { if (follower.items.length >= wanted || isDone([...seen, ...dataOf(follower, field)])) follower.cut(); } });
    if (wanted === 0) setTimeout(() => follower.cut(), random.int(12));
    const { error } = await follower.end;
    await follower.close();
    seen.push(...dataOf(follower, field));
    after = seen.at(-1)?.cursor ?? after;
    if (isDone(seen)) return { seen, cuts };
    if (error === null) throw new Error('the subscription completed before everything had come');
    if (Array.isArray(error)) throw new Error(JSON.stringify(error));
  }
}
