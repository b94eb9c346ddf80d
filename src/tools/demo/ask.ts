import { z } from 'zod';
import type { GatewayClient } from '../client';
import type { LoadedConversation } from '../conversation-run';
import type { Conversation, ConversationQuestion } from './conversation';
import type { Format } from './format';

const RECALL = `query Recall($input: RecallInput!) {
  recall(input: $input) {
    indexedThrough degraded
    hits { kind score memory { id fact eventIds } event { id authorName occurredAt content { text } } }
  }
}`;
const CONTEXT = `query Context($input: ContextInput!) {
  context(input: $input) { text tokens budgetTokens stablePrefixTokens stablePrefixHash items { layer citation tokens why } leftOut { layer reason count } }
}`;

const Hit = z.object({
  kind: z.string(), score: z.number(),
  memory: z.object({ id: z.string(), fact: z.string(), eventIds: z.array(z.string()) }).nullable(),
  event: z.object({ id: z.string(), authorName: z.string().nullable(), occurredAt: z.string(), content: z.array(z.object({ text: z.string().nullable() })) }).nullable(),
});
const Recalled = z.object({ recall: z.object({ indexedThrough: z.string(), degraded: z.array(z.string()), hits: z.array(Hit) }) });
const Block = z.object({
  context: z.object({
    text: z.string(), tokens: z.number(), budgetTokens: z.number(), stablePrefixTokens: z.number(), stablePrefixHash: z.string(),
    items: z.array(z.object({ layer: z.string(), citation: z.string(), tokens: z.number(), why: z.string() })),
    leftOut: z.array(z.object({ layer: z.string(), reason: z.string(), count: z.number() })),
  }),
});

const HITS = 4;
const BUDGET = 1200;

/** Asks the file's own questions, or a few of its turns' words when it has none. */
export function questionsOf(conversation: Conversation, count: number): ConversationQuestion[] {
  const own = conversation.questions.filter(({ category }) => category !== 5);
  if (own.length > 0) return own.slice(0, count);
  const told = conversation.sessions.flatMap(({ turns }) => turns).filter(({ author, text }) => author === 'user' && text.length > 40);
  return told.slice(0, 3).map(({ text }) => ({ question: `What was said about: ${text.slice(0, 80)}`, evidence: [], unknownEvidence: 0 }));
}

/** One question: what the gateway finds, best first; a turn that the file names as evidence is marked. */
export async function ask(client: GatewayClient, loaded: LoadedConversation, format: Format, { question, answer, evidence }: ConversationQuestion): Promise<string[]> {
  const input = { scopes: [{ scope: loaded.scope }], query: question, topK: HITS, kinds: ['MEMORY', 'EVENT'] };
  const started = performance.now();
  const { recall } = await client.request(Recalled, RECALL, { input });
  const took = Math.round(performance.now() - started);
  const isEvidence = (eventIds: readonly string[]): boolean => eventIds.some((id) => evidence.includes(loaded.turns.get(id)?.id ?? ''));
  const lines = recall.hits.map(({ score, memory, event }) => {
    const ids = memory?.eventIds ?? (event === null ? [] : [event.id]);
    const said = event === null ? '' : `${event.occurredAt.slice(0, 10)} ${event.authorName ?? ''}: ${event.content.map(({ text }) => text ?? '').join(' ')}`;
    const mark = isEvidence(ids) ? format.paint('green', '✓') : ' ';
    return format.paragraph(memory?.fact ?? said, { indent: 15, lead: `  ${mark} ${memory === null ? 'event ' : 'memory'} ${score.toFixed(2)} ` });
  });
  const expected = answer === undefined ? [] : [format.paint('dim', `    the file's answer: ${answer}`)];
  const degraded = recall.degraded.length === 0 ? [] : [format.paint('yellow', `    degraded: ${recall.degraded.join(', ')}`)];
  return [format.paragraph(question, { lead: '? ' }), ...lines, ...expected, ...degraded, format.paint('dim', `    ${took} ms`), ''];
}

/** The context block for one question, with what it cost and what it cites. */
export async function showContext(client: GatewayClient, loaded: LoadedConversation, format: Format, question: string): Promise<string[]> {
  const sessionId = loaded.sessions.at(-1)?.id;
  const { context } = await client.request(Block, CONTEXT, { input: { sessionId, query: question, budgetTokens: BUDGET } });
  const rows = context.items.map(({ layer, citation, tokens, why }) => [citation, layer.toLowerCase(), String(tokens), why]);
  return [
    format.heading(`A context block for “${question}”: ${context.tokens} of ${context.budgetTokens} tokens`),
    context.text,
    '',
    format.table([{ title: 'cite', fixed: true }, { title: 'layer', fixed: true }, { title: 'tokens', align: 'right', fixed: true }, { title: 'why' }], rows),
    ...context.leftOut.map(({ layer, reason, count }) => format.paint('dim', `left out of ${layer.toLowerCase()}: ${count} (${reason})`)),
    format.paint('dim', `stable prefix: ${context.stablePrefixTokens} tokens, sha256 ${context.stablePrefixHash.slice(0, 12)}…: the same until memories or state change, so a prompt cache can keep it`),
    '',
  ];
}
