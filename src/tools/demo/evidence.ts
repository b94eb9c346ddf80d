import type { ConversationSession } from './conversation';

export interface Evidence {
  readonly evidence: readonly string[];
  readonly unknownEvidence: number;
}

/**
 * Returns a resolver from a file's evidence entries to ids of turns that exist. An entry may hold several ids
 * (`"D8:6; D9:17"`) and small slips (`d8:06`, `D:8:6`); what names no turn is only counted.
 */
export function evidenceResolver(sessions: readonly ConversationSession[]): (entries: readonly string[]) => Evidence {
  const ids = new Map(sessions.flatMap((session) => session.turns.map((turn) => [canonical(turn.id), turn.id] as const)));
  return (entries) => {
    const named = entries.flatMap((entry) => entry.split(/[;,\s]+/)).filter((id) => id !== '');
    const known = named.flatMap((id) => ids.get(canonical(id)) ?? []);
    return { evidence: [...new Set(known)], unknownEvidence: named.length - known.length };
  };
}

/** `D:08:6.` and `d8:6` are the same turn. */
const canonical = (id: string): string =>
  id.toLowerCase().replace(/^([a-z]+):?0*(\d+):0*(\d+)\W*$/, '$1$2:$3');
