/** A GraphQL client over real HTTP. Parsed replies are untyped: a wrong guess fails the test that made it. */
export type ApiClient = ReturnType<typeof createApiClient>;

const TIME_LIMIT_MS = 30_000;

export function createApiClient(url: string, ownHeaders: Record<string, string> = {}) {
  /** One request, with everything that came back. */
  const send = async (query: string, variables: object = {}, headers: Record<string, string> = {}, extensions: object = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...ownHeaders, ...headers },
      body: JSON.stringify({ query, variables, extensions }),
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  };

  /** The data of a request that must succeed. */
  const ask = async (query: string, variables: object = {}, headers: Record<string, string> = {}) => {
    const { body } = await send(query, variables, headers);
    if (body.errors !== undefined) throw new Error(`${query.slice(0, 100)}: ${JSON.stringify(body.errors)}`);
    return body.data;
  };

  /** The first error of a request that must fail. */
  const refusal = async (query: string, variables: object = {}, headers: Record<string, string> = {}) => {
    const { body } = await send(query, variables, headers);
    if (body.errors === undefined) throw new Error(`${query.slice(0, 100)} was answered: ${JSON.stringify(body.data)}`);
    return body.errors[0];
  };

  return { url, send, ask, refusal };
}
