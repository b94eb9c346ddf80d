import { z } from 'zod';
import type { ToolCall } from '../../domain/session/event';
import type { JsonValue } from '../../kernel/json';

const partSchema = z.looseObject({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() });
type Part = z.output<typeof partSchema>;

/** A message's content in OpenAI's two forms, as one text; of what is no text only its kind is left, `[image]`. */
export const contentText = z
  .union([z.string(), z.array(z.union([z.string(), partSchema]))], { error: 'expected text, null or a list of content parts' })
  .nullish()
  .transform((content) => {
    if (content === null || content === undefined) return '';
    if (typeof content === 'string') return content;
    return content.map((part) => (typeof part === 'string' ? part : partText(part))).join('\n');
  });

/** Kinds differ between the chat and the responses API: `image_url` and `input_image`, `text` and `output_text`. */
function partText(part: Part): string {
  const text = part.text ?? part.refusal;
  if (text !== undefined) return text;
  return `[${/image|audio|video|file/.exec(part.type)?.[0] ?? part.type}]`;
}

const functionSchema = z.object({
  name: z.string(),
  arguments: z.union([z.string().transform(parsedArguments), z.json()]).default({}),
});

export const toolCallList = z
  .array(z.object({ id: z.string().optional(), function: functionSchema }))
  .nullish()
  .transform((calls): ToolCall[] => (calls ?? []).map((call, index) => ({ id: call.id ?? `call_${index + 1}`, ...call.function })));

/** The older form: one call per message and no id; its answer names the function instead. */
export const functionCall = functionSchema
  .nullish()
  .transform((call): ToolCall[] => (call ? [{ id: call.name, ...call }] : []));

/** Providers send arguments as JSON text; a model may have cut it off, then the text itself is kept. */
function parsedArguments(text: string): JsonValue {
  const parsed = z.json().safeParse(parseOrText(text));
  return parsed.success ? parsed.data : text;
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
