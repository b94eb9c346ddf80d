import { createHash } from 'node:crypto';
import type { Actor } from '../../kernel/actor';
import { canonicalJson } from '../../kernel/json';
import { VERSION } from '../../kernel/version';
import type { CheckedCache } from '../../platform/cache/checked-cache.port';
import { decodeAnswer, encodeAnswer } from './answer-codec';
import type { SearchPools } from './search.store';
import type { VersionedKind, VersionStore } from './version.store';

export interface Question {
  /** All that was asked for, checked and completed; who asks is added here. */
  readonly request: object;
  readonly pools: SearchPools;
  readonly kinds: readonly VersionedKind[];
  /** Version of what the answer is made from beside the pools. */
  readonly also?: string;
}

export interface Answer<T> {
  readonly value: T;
  /** False for what lacks something that may come without a write, such as the embedder: it is not kept. */
  readonly isComplete: boolean;
}

/** Answers of one kind that are asked for again. */
export interface AnswerCache<T> {
  /**
   * The answer as of now: one that was kept, if the version read for this very call says that it still holds, or else what `find` finds.
   * Callers of the same moment share one search.
   */
  through(actor: Actor, question: Question, find: () => Promise<Answer<T>>): Promise<T>;
  /**
   * What this process answered last to the same question by the same authority, unchecked: for when the database is away. It may show
   * what was changed or deleted since `at`, the last moment at which it was known to hold; whoever uses it has to say so.
   */
  lastKnown(actor: Actor, question: Pick<Question, 'request'>): Promise<{ readonly value: T; readonly at: Date } | null>;
}

interface AnswerCacheDeps {
  readonly cache: CheckedCache;
  readonly versions: Pick<VersionStore, 'ofPools'>;
  /** What else answers depend on as long as this process runs: the vector space that ranks. */
  readonly space: string;
}

/** `kind` stands before the keys: answers of one kind have one type. */
export function createAnswerCache<T>(kind: string, { cache, versions, space }: AnswerCacheDeps): AnswerCache<T> {
  // Not checked again: the key names the release and the kind, and only this function encodes under it.
  const decode = (text: string): T => decodeAnswer(text) as T;
  const underway = new Map<string, Promise<T>>();

  // The program's version too: another release may make other answers, or write them in another form.
  const keyOf = (actor: Actor, request: object): string => {
    const limits = actor.scopeLimits.map(canonicalJson).sort();
    return `${kind}:${actor.tenantId}:${createHash('sha256').update(canonicalJson([VERSION, space, limits, request])).digest('base64url')}`;
  };

  const search = async (key: string, version: string, find: () => Promise<Answer<T>>): Promise<T> => {
    const kept = await cache.get(key, version);
    if (kept !== null) return decode(kept);
    const { value, isComplete } = await find();
    if (isComplete) await cache.set(key, version, encodeAnswer(value));
    return value;
  };

  return {
    async through(actor, { request, pools, kinds, also }, find) {
      const read = await versions.ofPools(actor, pools, kinds);
      if (read === null) return (await find()).value;
      const version = also === undefined ? read : `${read}/${also}`;
      const key = keyOf(actor, request);
      // Whoever reads the same version later may share the search: nothing was written in between.
      const running = underway.get(`${key} ${version}`);
      if (running !== undefined) return running;
      const work = search(key, version, find).finally(() => underway.delete(`${key} ${version}`));
      underway.set(`${key} ${version}`, work);
      return work;
    },

    async lastKnown(actor, { request }) {
      const last = await cache.last(keyOf(actor, request));
      return last === null ? null : { value: decode(last.value), at: last.at };
    },
  };
}
