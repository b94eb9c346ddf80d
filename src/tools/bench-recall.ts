import { z } from 'zod';
import { parseConfig } from '../config/schema';
import { startGateway } from '../gateway';
import { createLogger } from '../platform/telemetry/logger';
import { createGatewayClient, type GatewayClient } from './client';
import { loadConversation, type LoadedConversation } from './conversation-run';
import type { Conversation, ConversationQuestion } from './demo/conversation';
import { readConversations } from './demo/conversation-file';
import { averages, scoreRanking, type QuestionScore } from './recall-metrics';

const USAGE = 'npm run bench:recall -- FILE   (FILE: conversations in the LoCoMo layout)\n';
const DEPTH = 25;
const BUDGET = 2000;
const CATEGORIES = [1, 2, 3, 4];

const RECALL = `query Recall($input: RecallInput!) { recall(input: $input) { hits { event { id } } } }`;
const CONTEXT = `query Context($input: ContextInput!) { context(input: $input) { tokens text items { eventId text } } }`;
const Recalled = z.object({ recall: z.object({ hits: z.array(z.object({ event: z.object({ id: z.string() }) })) }) });
const Block = z.object({ context: z.object({ tokens: z.number(), text: z.string(), items: z.array(z.object({ eventId: z.string().nullable(), text: z.string() })) }) });

/** Recall of gold turns over the public API of an embedded gateway: no model, no network. Each conversation is a scope of its own. */
async function bench(file: string): Promise<void> {
  const conversations = await readConversations(file);
  const gateway = await startGateway(
    { ...parseConfig({ CONTEXTIQ_PORT: '0' }), database: { kind: 'pglite', dataDir: null }, payloadInlineBytes: null }, createLogger('error', process.stderr));
  const client = createGatewayClient(gateway.url);
  try {
    const scores: QuestionScore[] = [];
    let leftOut = 0;
    for (const [index, conversation] of conversations.entries()) {
      const loaded = await loadConversation(client, conversation, { conversation: `c${index}` });
      const asked = conversation.questions.filter(({ category }) => category === undefined || CATEGORIES.includes(category));
      const known = asked.filter(({ evidence }) => evidence.length > 0);
      leftOut += asked.length - known.length;
      const started = performance.now();
      const own: QuestionScore[] = [];
      for (const question of known) own.push(await scoreQuestion(client, loaded, question));
      scores.push(...own);
      print(title(conversation, index), own, (performance.now() - started) / Math.max(1, known.length));
    }
    process.stdout.write(`${scores.length} questions of categories 1 to 4; ${leftOut} without known evidence left out\n`);
    process.stdout.write(`${JSON.stringify(averages(scores))}\n`);
  } finally {
    await client.close();
    await gateway.close();
  }
}

async function scoreQuestion(client: GatewayClient, loaded: LoadedConversation, { question, evidence }: ConversationQuestion): Promise<QuestionScore> {
  const scopes = [{ scope: loaded.scope }];
  const { recall } = await client.request(Recalled, RECALL, { input: { scopes, query: question, topK: DEPTH, kinds: ['EVENT'] } });
  const { context } = await client.request(Block, CONTEXT, { input: { scopes, query: question, budgetTokens: BUDGET } });
  if (context.tokens > BUDGET) throw new Error(`a context block has ${context.tokens} tokens, over its budget of ${BUDGET}`);
  const turnOf = (eventId: string | null): string => loaded.turns.get(eventId ?? '')?.id ?? '';
  const inBlock = new Set(context.items.filter(({ text }) => context.text.includes(text)).map(({ eventId }) => turnOf(eventId)));
  return scoreRanking(recall.hits.map(({ event }) => turnOf(event.id)), inBlock, evidence);
}

const title = (conversation: Conversation, index: number): string => conversation.title || `conversation ${index + 1}`;

function print(name: string, scores: readonly QuestionScore[], ms: number): void {
  const mean = averages(scores);
  process.stdout.write(`${name}: ${scores.length} questions, recall@10 ${mean['recall@10'].toFixed(3)}, nDCG@10 ${mean['ndcg@10'].toFixed(3)}, `
    + `evidence in ${BUDGET} tokens ${mean.evidenceIn2000Tokens.toFixed(3)}, ${ms.toFixed(0)} ms per question (recall and context)\n`);
}

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  bench(file).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
