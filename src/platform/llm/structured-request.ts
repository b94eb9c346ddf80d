import type { ChatCompletionCreateParamsNonStreaming, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { assertNever } from '../../kernel/errors';
import { isJsonObject, type JsonValue } from '../../kernel/json';
import type { ChatMessage, StructuredRequest } from './llm.port';

/** Ways to get structure out of a model, best first. */
export const RUNGS = ['json_schema', 'tool', 'json_object'] as const;
export type Rung = (typeof RUNGS)[number];

/** What the server was found to accept. */
export interface Dialect {
  readonly rung: Rung;
  readonly tokenField: 'max_tokens' | 'max_completion_tokens';
  readonly temperature: boolean;
}

export interface Sampling {
  readonly model: string;
  readonly maxTokens: number;
  readonly temperature: number | null;
}

export function requestBody(
  { model, maxTokens, temperature }: Sampling,
  dialect: Dialect,
  { schemaName, jsonSchema }: Pick<StructuredRequest<unknown>, 'schemaName' | 'jsonSchema'>,
  messages: readonly ChatMessage[],
): ChatCompletionCreateParamsNonStreaming {
  return {
    model,
    messages: toMessages(dialect.rung === 'json_object' ? withSchema(messages, jsonSchema) : messages),
    [dialect.tokenField]: maxTokens,
    ...(temperature === null || !dialect.temperature ? {} : { temperature }),
    ...structure(dialect.rung, schemaName, jsonSchema),
  };
}

function structure(rung: Rung, name: string, jsonSchema: JsonValue): Partial<ChatCompletionCreateParamsNonStreaming> {
  if (!isJsonObject(jsonSchema)) throw new Error(`the schema ${name} is no JSON object`);
  const schema = { ...jsonSchema };
  switch (rung) {
    case 'json_schema':
      return { response_format: { type: 'json_schema', json_schema: { name, strict: true, schema } } };
    case 'tool':
      return {
        tools: [{ type: 'function', function: { name, description: 'Takes the complete answer.', parameters: schema } }],
        tool_choice: { type: 'function', function: { name } },
      };
    case 'json_object':
      return { response_format: { type: 'json_object' } };
    default:
      return assertNever(rung);
  }
}

/** Into the first system message: many chat templates allow only one, and only in front. */
function withSchema(messages: readonly ChatMessage[], jsonSchema: JsonValue): readonly ChatMessage[] {
  const note = `Answer with one JSON object, and nothing around it, that fits this JSON Schema:\n${JSON.stringify(jsonSchema)}`;
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: note }, ...messages];
  return [{ role: 'system', content: `${first.content}\n\n${note}` }, ...rest];
}

const toMessages = (messages: readonly ChatMessage[]): ChatCompletionMessageParam[] =>
  messages.map(({ role, content }): ChatCompletionMessageParam => ({ role, content: content.toWellFormed() }));
