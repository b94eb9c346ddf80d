import { GatewayError } from '../../kernel/errors';
import { nextDialect, rungBelow } from './dialect';
import type { ChatMessage, ChatModel, StructuredAnswer, StructuredRequest } from './llm.port';
import { createProviderPolicy, type CallPolicy } from './provider-call';
import { knowsCompletionTokens, modelName, openAiClient, type ProviderEndpoint } from './provider-endpoint';
import { refused } from './provider-failure';
import { readReply, readUsage, type Reply } from './structured-reply';
import { requestBody, type Dialect, type Rung } from './structured-request';
import { addUsage, type ModelUsage } from './usage.port';

export interface OpenAiChatOptions extends ProviderEndpoint, CallPolicy {
  readonly model: string;
  /** Null or absent leaves it to the model. */
  readonly temperature?: number | null;
  /** Bound of one answer, in tokens. */
  readonly maxTokens: number;
  /** Where to start on the ladder json_schema → tool → json_object; default the top. */
  readonly structuredOutput?: Rung;
  /** What the server calls the bound; by default it follows from the host. */
  readonly tokenField?: Dialect['tokenField'];
}

const MAX_PROBLEM = 2000;

/**
 * Structured answers from any OpenAI-compatible endpoint. It steps down the ladder when the server refuses a rung or
 * answers without structure, and remembers what worked as long as the process lives. An answer that does not fit gets one
 * repair turn. One call pays for at most 4 answers (ladder and repair);
 * usage is the sum of them all.
 */
export function createOpenAiChatModel(options: OpenAiChatOptions): ChatModel {
  const client = openAiClient(options);
  const name = modelName(options, options.model);
  const sampling = { model: options.model, maxTokens: options.maxTokens, temperature: options.temperature ?? null };
  const first: Dialect = {
    rung: options.structuredOutput ?? 'json_schema',
    tokenField: options.tokenField ?? (knowsCompletionTokens(options.baseUrl) ? 'max_completion_tokens' : 'max_tokens'),
    temperature: sampling.temperature !== null,
  };
  const policy = createProviderPolicy(name, options, options.apiKey);
  let known = first;
  let proven: Rung | null = null;

  /** One answer, in the first dialect that the server accepts. */
  async function ask<T>(request: StructuredRequest<T>, messages: readonly ChatMessage[], start: Dialect) {
    for (let dialect = start; ; ) {
      const body = requestBody(sampling, dialect, request, messages);
      const said = await policy.run(async (signal): Promise<{ readonly raw: unknown } | { readonly next: Dialect }> => {
        try {
          return { raw: await client.chat.completions.create(body, { signal, timeout: options.timeoutMs }) };
        } catch (error) {
          const next = nextDialect(error, dialect, first);
          if (next === null) throw error;
          return { next };
        }
      }, request.signal);
      if ('raw' in said) {
        const usage = readUsage(said.raw);
        request.meter?.({ model: name, calls: 1, ...usage });
        return { reply: readReply(said.raw), usage, dialect };
      }
      dialect = said.next;
      known = dialect;
    }
  }

  async function structured<T>(request: StructuredRequest<T>): Promise<StructuredAnswer<T>> {
    let usage: ModelUsage = { model: name, calls: 0, promptTokens: 0, completionTokens: 0 };
    let messages = request.messages;
    let dialect = known;
    let repaired = false;
    for (;;) {
      const answer = await ask(request, messages, dialect);
      [usage = usage] = addUsage([usage], [{ model: name, calls: 1, ...answer.usage }]);
      dialect = answer.dialect;
      const verdict = judge(answer.reply, request.parse);
      if (verdict.fits) {
        known = dialect;
        proven = dialect.rung;
        return { value: verdict.value, usage };
      }
      const below = proven === dialect.rung ? null : rungBelow(dialect.rung);
      // No structure at all from a rung that never worked: the server ignores it, and a repair turn would not change that.
      if (below !== null && (repaired || answer.reply.kind === 'unreadable')) {
        dialect = { ...dialect, rung: below };
        messages = request.messages;
        continue;
      }
      if (repaired) throw invalid(verdict.problem);
      repaired = true;
      messages = [...request.messages, ...repairTurn(verdict)];
    }
  }

  return { name, structured };
}

type Verdict<T> = { readonly fits: true; readonly value: T } | Misfit;
interface Misfit {
  readonly fits: false;
  readonly problem: string;
  readonly said: string;
}

/** @throws GatewayError INTERNAL_SERVER_ERROR with reason MODEL_REFUSED: asking again would be refused again */
function judge<T>(reply: Reply, parse: (value: unknown) => T): Verdict<T> {
  if (reply.kind === 'refused') throw refused();
  if (reply.kind === 'truncated') return { fits: false, problem: 'the answer was cut off because it was too long; give a shorter one', said: '' };
  if (reply.kind === 'unreadable') return { fits: false, problem: reply.problem, said: reply.text };
  try {
    return { fits: true, value: parse(reply.value) };
  } catch (error) {
    return { fits: false, problem: (error instanceof Error ? error.message : String(error)).slice(0, MAX_PROBLEM), said: reply.text };
  }
}

/** The rejected answer stands in for the model's turn; servers refuse an empty one. */
const repairTurn = ({ problem, said }: Misfit): ChatMessage[] => [
  { role: 'assistant', content: said === '' ? '(no usable answer)' : said },
  { role: 'user', content: `That answer cannot be used: ${problem}\nAnswer the task again, completely and in the required format.` },
];

const invalid = (problem: string): GatewayError =>
  new GatewayError('INTERNAL_SERVER_ERROR', `the model's answer does not fit: ${problem.slice(0, 300)}`, { reason: 'MODEL_ANSWER_INVALID' });
