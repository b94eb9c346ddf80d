import { createHash } from 'node:crypto';
import { isJsonObject } from '../../kernel/json';
import { analyze } from '../search/text-analysis';
import type { Procedure } from './procedure';
import { spaced } from './procedure-text';

const MAX_WORDS = 8;
const HASH_CHARACTERS = 16;

/**
 * An action without what varies from one time to the next: `search_orders(id=42)`, `searchOrders "blue hat"` and
 * `{"tool": "search_orders", "args": …}` are all `search order`. Two actions are the same step when this is equal.
 */
export function actionToken(action: string): string {
  const bare = withoutArguments(nameInJson(action) ?? action);
  const words = [...analyze(spaced(bare)).lexemes.keys()].filter((word) => !/^[\d.,]+$/.test(word));
  return words.length === 0 ? action.trim().toLowerCase().slice(0, 100) : words.slice(0, MAX_WORDS).join(' ');
}

/** As it is written, without its arguments. */
export function bareAction(action: string): string {
  const bare = withoutArguments(nameInJson(action) ?? action).replace(/\s+/g, ' ').trim();
  return (bare === '' ? action.trim() : bare).slice(0, 200).toWellFormed();
}

/** Whether it calls a tool: `tool(…)`, JSON that names one, or a name alone. */
export const isCall = (action: string): boolean => nameInJson(action) !== null || /^\s*[\w.:-]+\s*(?:\(|$)/.test(action);

const withoutArguments = (text: string): string =>
  text
    .replace(/[([{].*$/s, '')
    .replace(/"[^"]*"|'[^']*'|“[^”]*”|`[^`]*`/g, ' ')
    .replace(/\b[\w-]+\s*=\s*\S+/g, ' ')
    .replace(/\b(?=[\w-]*\d)[\w-]+\b/g, ' ');

/** What a call written as JSON names. */
function nameInJson(action: string): string | null {
  if (!action.trimStart().startsWith('{')) return null;
  try {
    const call: unknown = JSON.parse(action);
    const name = isJsonObject(call) ? (call['tool'] ?? call['name'] ?? call['action'] ?? call['function']) : null;
    return typeof name === 'string' ? name : null;
  } catch {
    // Text that only looks like JSON.
    return null;
  }
}

/** Of a token: what is left of it where no words may be kept. */
export const tokenHash = (tenantId: string, token: string): string =>
  createHash('sha256').update(`${tenantId}\u0000${token}`).digest('hex').slice(0, HASH_CHARACTERS);

/** A hash per step; none for a skill, and none for a trajectory, which is no rule for others. */
export const signatureOf = (tenantId: string, procedure: Procedure): readonly string[] =>
  (procedure.kind === 'WORKFLOW' ? procedure.steps.map(({ action }) => tokenHash(tenantId, actionToken(action))) : []);
