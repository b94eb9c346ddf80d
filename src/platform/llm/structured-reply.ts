import { z } from 'zod';
import { unavailable } from '../../kernel/errors';

/** Only what is read here, and as little of it as possible is required: compatible servers leave much out. */
const Completion = z.object({
  choices: z.array(z.object({
    finish_reason: z.string().nullish(),
    message: z.object({
      content: z.union([z.string(), z.array(z.object({ text: z.string().optional() }))]).nullish(),
      refusal: z.string().nullish(),
      tool_calls: z.array(z.object({ function: z.object({ arguments: z.union([z.string(), z.record(z.string(), z.unknown())]) }).optional() })).nullish(),
    }),
  })).min(1),
});

const count = z.number().int().nonnegative().catch(0);
const Usage = z.object({ usage: z.object({ prompt_tokens: count, completion_tokens: count }) });

export type Reply =
  | { readonly kind: 'json'; readonly value: unknown; readonly text: string }
  | { readonly kind: 'unreadable'; readonly problem: string; readonly text: string }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'refused'; readonly text: string };

/** What the provider counted, also in an answer that is no completion: it is paid for. Zeros where it told nothing. */
export function readUsage(body: unknown): { readonly promptTokens: number; readonly completionTokens: number } {
  const usage = Usage.safeParse(body).data?.usage;
  return { promptTokens: usage?.prompt_tokens ?? 0, completionTokens: usage?.completion_tokens ?? 0 };
}

/** @throws GatewayError UNAVAILABLE with reason MODEL_PROTOCOL_ERROR when the body is no chat completion at all */
export function readReply(body: unknown): Reply {
  const parsed = Completion.safeParse(body);
  const choice = parsed.data?.choices[0];
  if (choice === undefined) throw unavailable('the model provider did not answer with a chat completion', 'MODEL_PROTOCOL_ERROR', 5000);
  return readChoice(choice);
}

function readChoice({ finish_reason, message }: z.infer<typeof Completion>['choices'][number]): Reply {
  if (typeof message.refusal === 'string' && message.refusal !== '') return { kind: 'refused', text: message.refusal };
  if (finish_reason === 'content_filter') return { kind: 'refused', text: 'content filter' };
  const call = message.tool_calls?.find((item) => item.function !== undefined)?.function?.arguments;
  if (call !== undefined && typeof call !== 'string') return { kind: 'json', value: call, text: JSON.stringify(call) };
  const content = typeof message.content === 'string' ? message.content : (message.content ?? []).map((part) => part.text ?? '').join('');
  const text = (call ?? content).trim();
  const value = parseJson(text);
  if (value !== undefined) return { kind: 'json', value, text };
  if (finish_reason === 'length') return { kind: 'truncated' };
  return { kind: 'unreadable', problem: text === '' ? 'the answer was empty' : 'the answer was no JSON', text };
}

/** Undefined when there is none. Models that were not held to JSON wrap it in a Markdown fence or put their thoughts before it. */
function parseJson(text: string): unknown {
  const bare = text.replace(/^<think>[\s\S]*?<\/think>\s*/, '');
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(bare)?.[1];
  for (const candidate of fenced === undefined ? [bare] : [bare, fenced]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // not JSON as it stands: the next reading, or none
    }
  }
  return undefined;
}
