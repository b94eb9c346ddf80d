import { badInput } from '../../kernel/errors';
import { isStorableText } from '../../kernel/scope';
import type { Event } from './event';

/** Levels below the top of a tree. */
export const MAX_TREE_DEPTH = 10;
const MAX_KEYS = 50;
const MAX_KEY = 256;

/** An event of a subtree with its place in the one order of its tree, which is the same for whoever reads it. */
export interface TreeEvent {
  readonly position: number;
  readonly event: Event;
}

export const treeTopic = (rootId: string): string => `tree:${rootId}`;

/** @throws GatewayError BAD_USER_INPUT naming the field below `input` */
export function requireHandDown(keys: readonly string[], parentId: string | null): void {
  if (keys.length === 0) return;
  if (parentId === null) throw badInput('input.handDown', 'state is handed down by a parent: give `parentId`');
  if (keys.length > MAX_KEYS) throw badInput('input.handDown', `at most ${MAX_KEYS} keys can be handed down`);
  keys.forEach((key, index) => {
    const field = `input.handDown.${index}`;
    if (key === '' || key.length > MAX_KEY || !isStorableText(key)) throw badInput(field, `a key has 1 to ${MAX_KEY} characters, without NUL or lone surrogates`);
    if (/^(?:app|user|temp):/.test(key)) throw badInput(field, '`app:` and `user:` keys are shared already, and `temp:` keys are not kept');
  });
}
