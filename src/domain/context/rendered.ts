import type { JsonObject, JsonValue } from '../../kernel/json';
import type { ContextBlock, ContextMessage } from './context';

export const CONTEXT_FORMATS = ['OPENAI', 'ANTHROPIC', 'MARKDOWN'] as const;
export type ContextFormat = (typeof CONTEXT_FORMATS)[number];

/**
 * The block as a provider takes it. OPENAI: the list `messages`. ANTHROPIC: `{system, messages}`, the stable part marked for the prompt cache,
 * messages beginning with the user's and taking turns. MARKDOWN: one text.
 */
export function rendered(block: Pick<ContextBlock, 'text' | 'messages' | 'unchanged'>, format: ContextFormat): JsonValue {
  if (format === 'MARKDOWN') return block.text;
  if (format === 'OPENAI') return block.messages.map(({ role, content }) => ({ role, content }));
  const given = block.messages.filter(({ fromRecall }) => fromRecall);
  return {
    system: given.map(({ content }, index): JsonObject => ({
      type: 'text', text: content, ...(index === 0 && !block.unchanged ? { cache_control: { type: 'ephemeral' } } : {}),
    })),
    messages: takingTurns(block.messages.filter(({ fromRecall }) => !fromRecall)),
  };
}

/** Anthropic knows no system message among the turns, and wants user and assistant in turn, the user first. */
function takingTurns(messages: readonly ContextMessage[]): JsonObject[] {
  const turns: { role: 'user' | 'assistant'; content: string }[] = [];
  for (const { role, content } of messages) {
    const speaker = role === 'assistant' ? 'assistant' : 'user';
    const said = role === 'system' ? `Note of the system:\n${content}` : content;
    const last = turns.at(-1);
    if (last?.role === speaker) last.content += `\n\n${said}`;
    else turns.push({ role: speaker, content: said });
  }
  if (turns[0]?.role === 'assistant') turns.unshift({ role: 'user', content: '(earlier turns are left out)' });
  return turns.map(({ role, content }) => ({ role, content }));
}

/** What is left to send to whoever has the stable part already. Items stay, for their citations. */
export function withoutKnown(block: ContextBlock, knownPrefixHash: string | null | undefined): ContextBlock {
  if (knownPrefixHash !== block.stablePrefixHash) return block;
  return { ...block, unchanged: true, text: block.text.slice(block.stablePrefix?.length ?? 0), messages: block.messages.slice(1), stablePrefix: null };
}
