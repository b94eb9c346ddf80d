import type { ScriptedRequest } from './scripted-request';

export interface ScriptedResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
  /** Never answers. */
  readonly hang?: true;
  /** Sends the headers and half of the body, then nothing more. */
  readonly stall?: true;
  /** Breaks the connection. */
  readonly drop?: true;
}

export type Behaviour = (request: ScriptedRequest) => ScriptedResponse | Promise<ScriptedResponse>;

/** 10 tokens in, 5 out, in every answer: sums are easy to check. */
const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

const completion = (message: object, finish = 'stop'): ScriptedResponse => ({
  body: { id: 'chatcmpl-1', object: 'chat.completion', created: 0, model: 'scripted', choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', content: null, ...message } }], usage: USAGE },
});

/** The value in the form that was asked for: as a tool call, or as the content. */
export const answer = (value: unknown): Behaviour => (request) => (request.rung === 'tool' ? toolCall(value)(request) : content(JSON.stringify(value))(request));

export const content = (text: string, finish = 'stop'): Behaviour => () => completion({ content: text }, finish);

export const toolCall = (value: unknown): Behaviour => (request) =>
  completion({ tool_calls: [{ id: 'call_1', type: 'function', function: { name: request.schemaName ?? 'answer', arguments: JSON.stringify(value) } }] }, 'tool_calls');

export const refusal = (): Behaviour => () => completion({ refusal: 'I cannot help with that.' });

export const truncated = (): Behaviour => content('{"facts": [{"fact": "Caro', 'length');

export const status = (code: number, message = `status ${code}`, headers: Readonly<Record<string, string>> = {}, details: object = {}): Behaviour => () => ({
  status: code,
  headers,
  body: { error: { message, type: 'invalid_request_error', param: null, code: null, ...details } },
});

/** Asks for a pause of a millisecond. */
export const rateLimited = (): Behaviour => status(429, 'Rate limit reached', { 'retry-after-ms': '1' });

export const serverError = (): Behaviour => status(500, 'The server had an error');

export const hang: Behaviour = () => ({ hang: true });
export const drop: Behaviour = () => ({ drop: true });
/** Headers arrive, the body never ends: a client that times only the headers waits for ever. */
export const stall: Behaviour = async (request) => ({ ...await content('{}')(request), stall: true });
export const notJson: Behaviour = () => ({ raw: '{"choices": [{"message"' });
export const html: Behaviour = () => ({ headers: { 'content-type': 'text/html' }, raw: '<html>a proxy’s page</html>' });

/** Refuses json_schema in DeepSeek's words, and a forced tool call if told to; else does as `then`. */
export const refusing = (rungs: readonly ('json_schema' | 'tool')[], then: Behaviour): Behaviour => (request) => {
  if (request.rung === 'json_schema' && rungs.includes('json_schema')) return status(400, 'This response_format type is unavailable now')(request);
  if (request.rung === 'tool' && rungs.includes('tool')) return status(404, 'No endpoints found that support tool use')(request);
  return then(request);
};

/** Takes json_schema for granted and answers in prose, as Anthropic's compatible endpoint may; a forced tool call works. */
export const ignoringJsonSchema = (value: unknown): Behaviour => (request) => (request.rung === 'tool' ? toolCall(value)(request) : content('Sure! Here are the facts.')(request));

/** Vectors of `dimension` numbers that depend on their text alone. */
export const embeddings = (dimension: number, quirks: { readonly base64?: boolean; readonly reversed?: boolean; readonly missing?: number; readonly zero?: boolean } = {}): Behaviour => ({ inputs }) => {
  const data = inputs.map((text, index) => {
    const vector = quirks.zero === true ? new Array<number>(dimension).fill(0) : vectorOf(text, dimension);
    const embedding = quirks.base64 === true ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
    return { object: 'embedding', index, embedding };
  }).slice(quirks.missing ?? 0);
  return { body: { object: 'list', model: 'scripted', data: quirks.reversed === true ? data.reverse() : data, usage: { prompt_tokens: 1, total_tokens: 1 } } };
};

/** A small linear congruential generator, seeded by the text: exact in 32-bit floats. */
export function vectorOf(text: string, dimension: number): number[] {
  let state = Array.from(text).reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) | 0, 17);
  return Array.from({ length: dimension }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 16) / 32768;
  });
}
