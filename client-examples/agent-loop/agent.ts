import { randomUUID } from 'node:crypto';
import type OpenAI from 'openai';
import type { ChatCompletionMessage, ChatCompletionMessageFunctionToolCall, ChatCompletionMessageParam } from 'openai/resources';
import { appendEvent, createSession, generateMemories, generationProgress, readContext, type ContextIQ, type EventInput } from '../typescript-client';
import { runTool, toolDefinitions, type ToolOutput, type Tools } from './tools';

const MOST_CALLS = 8;
const BUDGET_TOKENS = 2_000;

export interface AgentOptions {
  readonly client: ContextIQ;
  readonly openai: OpenAI;
  readonly model: string;
  readonly instructions: string;
  readonly tools: Tools;
  readonly userId: string;
}

export interface Agent {
  /** One turn of the user and what the agent says to it, both stored, with the tool calls in between. */
  reply(text: string): Promise<string>;
  /** Makes memories of the conversation, for the sessions to come. @throws Error when that fails */
  end(): Promise<void>;
}

export async function startAgent({ client, openai, model, instructions, tools, userId }: AgentOptions): Promise<Agent> {
  const { createSession: { id: sessionId } } = await client.request(createSession, { input: { userId, agentId: 'agent-loop' } });
  const store = (event: EventInput) => client.request(appendEvent, { sessionId, event });

  /**
   * From what never changes to what changes each time, so that a provider's prompt cache keeps the longest beginning: instructions, then
   * the block with its stable part first (state, memories), what was recalled for this turn, the last turns; then this turn's tool calls.
   */
  const prompt = async (text: string, exchange: readonly ChatCompletionMessageParam[]): Promise<ChatCompletionMessageParam[]> => {
    const { context: { messages } } = await client.request(readContext, { input: { sessionId, query: text, budgetTokens: BUDGET_TOKENS } });
    // What this turn stored already stands in `exchange`, in the form that the model expects.
    const turn = messages.findLastIndex(({ role, content }) => role === 'user' && content === text);
    return [{ role: 'system', content: instructions }, ...(turn === -1 ? [...messages, { role: 'user' as const, content: text }] : messages.slice(0, turn + 1)), ...exchange];
  };

  return {
    async reply(text) {
      const invocationId = randomUUID();
      await store({ author: 'USER', authorName: userId, text, invocationId });
      const exchange: ChatCompletionMessageParam[] = [];
      for (let call = 0; call < MOST_CALLS; call += 1) {
        const { choices: [choice] } = await openai.chat.completions.create({ model, messages: await prompt(text, exchange), tools: toolDefinitions(tools) });
        if (choice === undefined) throw new Error('the model gave no answer');
        const calls = functionCalls(choice.message);
        await store(spoken(choice.message, calls, invocationId));
        if (calls.length === 0) return choice.message.content ?? '';
        const outputs = await Promise.all(calls.map((each) => runTool(tools, each)));
        await store({ author: 'TOOL', invocationId, actions: { toolOutputs: outputs } });
        exchange.push(choice.message, ...outputs.map(toolMessage));
      }
      throw new Error(`the model called tools ${MOST_CALLS} times without an answer`);
    },
    async end() {
      const { generateMemories: job } = await client.request(generateMemories, { input: { sessionId } });
      let status = 'PENDING';
      for await (const step of client.subscribe(generationProgress, { jobId: job.id })) status = step.status;
      if (status !== 'COMPLETED') throw new Error(`memory generation ${job.id} ended ${status}`);
    },
  };
}

const functionCalls = ({ tool_calls: calls = [] }: ChatCompletionMessage): ChatCompletionMessageFunctionToolCall[] => calls.filter((call) => call.type === 'function');

const toolMessage = ({ toolCallId, output }: ToolOutput): ChatCompletionMessageParam => ({ role: 'tool', tool_call_id: toolCallId, content: JSON.stringify(output) });

const spoken = ({ content, refusal }: ChatCompletionMessage, calls: readonly ChatCompletionMessageFunctionToolCall[], invocationId: string): EventInput => {
  const text = content ?? refusal;
  return {
    author: 'AGENT', authorName: 'agent-loop', invocationId, ...(text === null || text === '' ? {} : { text }),
    // As the model wrote them, valid or not.
    actions: { toolCalls: calls.map(({ id, function: { name, arguments: args } }) => ({ id, name, arguments: args })) },
  };
};
