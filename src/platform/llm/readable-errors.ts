import { isJsonObject } from '../../kernel/json';

/**
 * `fetch` whose error bodies all have OpenAI's form, `{"error": {"message", "code", "param"}}`: the client reads no other, and what
 * Mistral, vLLM, Gemini (a list) or a FastAPI server say of a refusal would be lost, and with it the step down the ladder.
 */
export const fetchWithReadableErrors: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.ok) return response;
  const text = await response.text();
  return new Response(inOpenAiForm(text), { status: response.status, statusText: response.statusText, headers: response.headers });
};

function inOpenAiForm(text: string): string {
  const body = parsed(text);
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (!isJsonObject(first)) return text;
  const { error, detail } = first;
  if (isJsonObject(error)) return Array.isArray(body) ? JSON.stringify({ error }) : text;
  const message = error ?? first['message'] ?? detail ?? first;
  return JSON.stringify({ error: { ...first, message: typeof message === 'string' ? message : JSON.stringify(message) } });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
