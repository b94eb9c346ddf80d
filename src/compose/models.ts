import type { Config } from '../config/schema';
import type { Logger } from '../kernel/logger-type';
import type { Embedder } from '../platform/embedding/embedding.port';
import type { ChatModel } from '../platform/llm/llm.port';
import type { CircuitStateName } from '../platform/resilience/policy';
import type { Circuits } from './circuits';

/** Another model can answer at once: rather that than a long pause. */
const WAIT_BEFORE_NEXT_MS = 2000;

/** The configured adapters; the openai client is loaded only when one of them is remote. */
export async function chooseChat(config: Config['chat'], logger: Logger, circuits: Circuits): Promise<ChatModel | null> {
  if (config.kind === 'offline') return null;
  const { createOpenAiChatModel } = await import('../platform/llm/openai.adapter');
  const { createFallbackChat } = await import('../platform/llm/fallback');
  const { temperature, maxTokens, timeoutMs } = config;
  const [first, ...others] = config.models.map((endpoint, index) => createOpenAiChatModel({
    ...endpoint, temperature, maxTokens, timeoutMs, onState: telling(logger, circuits, 'model', endpoint.model),
    ...(index < config.models.length - 1 ? { longestWaitMs: WAIT_BEFORE_NEXT_MS } : {}),
  }));
  if (first === undefined) return null;
  return others.length === 0 ? first : createFallbackChat([first, ...others]);
}

export async function chooseEmbedder(config: Config['embedding'], logger: Logger, circuits: Circuits): Promise<Embedder> {
  if (config.kind === 'offline') return (await import('../platform/embedding/hash.embedder')).createHashEmbedder();
  if (config.kind === 'transformers') return (await import('../platform/embedding/transformers.embedder')).openTransformersEmbedder(config);
  const { createOpenAiEmbedder } = await import('../platform/embedding/openai.embedder');
  return createOpenAiEmbedder({ ...config, onState: telling(logger, circuits, 'embedder', config.model) });
}

const telling = (logger: Logger, circuits: Circuits, part: 'model' | 'embedder', model: string): ((state: CircuitStateName) => void) => {
  let now: CircuitStateName = 'closed';
  circuits.add({ part, name: model, isOpen: () => now !== 'closed' });
  return (state) => {
    now = state;
    tell(logger, model, state);
  };
};

function tell(logger: Logger, model: string, state: CircuitStateName): void {
  if (state === 'open') logger.warn({ model, circuit: state }, 'a model failed repeatedly and is left alone for a moment');
  else logger.info({ model, circuit: state }, state === 'closed' ? 'a model answers again' : 'trying a model again');
}
