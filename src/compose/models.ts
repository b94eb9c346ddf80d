import type { Config } from '../config/schema';
import type { Embedder } from '../platform/embedding/embedding.port';
import type { ChatModel } from '../platform/llm/llm.port';

/** The configured adapters; the openai client is loaded only when one of them is remote. */
export async function chooseChat(config: Config['chat']): Promise<ChatModel | null> {
  if (config.kind === 'offline') return null;
  const { createOpenAiChatModel } = await import('../platform/llm/openai.adapter');
  return createOpenAiChatModel(config);
}

export async function chooseEmbedder(config: Config['embedding']): Promise<Embedder> {
  if (config.kind === 'offline') return (await import('../platform/embedding/hash.embedder')).createHashEmbedder();
  const { createOpenAiEmbedder } = await import('../platform/embedding/openai.embedder');
  return createOpenAiEmbedder(config);
}
