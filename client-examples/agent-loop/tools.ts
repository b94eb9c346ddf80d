import type { ChatCompletionMessageFunctionToolCall, ChatCompletionTool } from 'openai/resources';
import type { Json } from '../typescript-client';

export interface Tool {
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  run(args: Json): Json | Promise<Json>;
}

export type Tools = Readonly<Record<string, Tool>>;

export interface ToolOutput {
  readonly toolCallId: string;
  readonly output: Json;
  readonly isError: boolean;
}

export const toolDefinitions = (tools: Tools): ChatCompletionTool[] =>
  Object.entries(tools).map(([name, { description, parameters }]) => ({ type: 'function', function: { name, description, parameters: { ...parameters } } }));

/** What the tool gave, or what went wrong in words that the model can act on. */
export async function runTool(tools: Tools, { id, function: { name, arguments: args } }: ChatCompletionMessageFunctionToolCall): Promise<ToolOutput> {
  try {
    const tool = tools[name];
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    return { toolCallId: id, output: await tool.run(parseArguments(args)), isError: false };
  } catch (error) {
    return { toolCallId: id, output: error instanceof Error ? error.message : String(error), isError: true };
  }
}

/** The model wrote it: it may be no JSON. A tool checks what it is given. */
export const parseArguments = (text: string): Json => JSON.parse(text) as Json;
