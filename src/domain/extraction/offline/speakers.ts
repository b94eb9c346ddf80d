import type { SourceTurn } from '../extractor';

/** How one speaker's name is written in facts. */
export interface Person {
  /** At the start of a sentence: “The user”, “Ana”. */
  readonly name: string;
  /** Inside a sentence: “the user”, “Ana”. */
  readonly inside: string;
  /** Key for consolidation: “the user”, “ana”. */
  readonly key: string;
}

export const personOf = (speaker: string): Person => {
  const name = speaker.replace(/\s+/g, ' ').trim() || 'The user';
  return { name: name.charAt(0).toUpperCase() + name.slice(1), inside: name.replace(/^The (?=[a-z])/, 'the '), key: name.toLowerCase() };
};

export const possessive = (name: string): string => name.endsWith('s') ? `${name}'` : `${name}'s`;

const programName = /^(?:the )?(?:assistant|agent|ai|bot|chatbot|model)\b|(?:assistant|agent|bot|\bai|gpt)$/i;

export interface Cast {
  /** The one other speaker “you” can stand for; null with more than two, or with none. */
  otherThan(turn: SourceTurn): Person | null;
  /** True for a turn written by a program that serves the user, not by a second person. */
  isAssistant(turn: SourceTurn): boolean;
  readonly hasAssistant: boolean;
}

/** Who talks to whom. Two people on one transcript may be stored as user and agent; only the name tells. */
export function castOf(turns: readonly SourceTurn[]): Cast {
  const speaking = turns.filter(turn => turn.author === 'user' || turn.author === 'agent');
  const names = [...new Set(speaking.map(turn => turn.speaker))];
  const namelessUser = speaking.some(turn => turn.author === 'user' && /^the user$/i.test(turn.speaker.trim()));
  const isAssistant = (turn: SourceTurn): boolean => turn.author === 'agent' && (namelessUser || programName.test(turn.speaker.trim()));
  return {
    otherThan: turn => {
      const others = names.filter(name => name !== turn.speaker);
      return others.length === 1 && others[0] !== undefined ? personOf(others[0]) : null;
    },
    isAssistant,
    hasAssistant: namelessUser || speaking.some(isAssistant),
  };
}
