/** The page; its script is a file of its own, so that the policy needs no inline scripts. */
export const graphiqlPage = (base: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ContextIQ</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/graphiql.css">
<style>html, body, #graphiql { height: 100%; margin: 0 }</style>
</head>
<body>
<div id="graphiql">Loading…</div>
<script src="${base}/react.js"></script>
<script src="${base}/react-dom.js"></script>
<script src="${base}/graphql-ws.js"></script>
<script src="${base}/graphiql.js"></script>
<script src="${base}/boot.js"></script>
</body>
</html>
`;

export interface BootConfig {
  readonly endpoint: string;
  readonly defaultQuery: string;
}

/**
 * Queries and mutations by fetch, subscriptions over one socket that is opened with the headers editor's contents as its
 * connection parameters: the key is typed once for both. Changed headers open a new socket.
 */
export const bootScript = (config: BootConfig): string => `'use strict';
(() => {
  const config = ${JSON.stringify(config)};
  const http = async (request, headers) => {
    const types = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await fetch(config.endpoint, { method: 'POST', headers: { ...types, ...headers }, body: JSON.stringify(request) });
    return response.json();
  };
  let socket = null;
  const socketFor = (headers) => {
    const key = JSON.stringify(headers);
    if (socket === null || socket.key !== key) {
      if (socket !== null) void socket.client.dispose();
      const url = location.origin.replace(/^http/, 'ws') + config.endpoint;
      socket = { key, client: graphqlWs.createClient({ url, connectionParams: headers }) };
    }
    return socket.client;
  };
  // GraphiQL (and its own createFetcher) learns of operations a moment after they are typed: what is run at once is read from its text.
  const operationOf = ({ query, operationName }) => {
    try {
      const operations = GraphiQL.GraphQL.parse(query).definitions.filter(({ kind }) => kind === 'OperationDefinition');
      return operations.find(({ name }) => name?.value === operationName) ?? (operations.length === 1 ? operations[0] : null);
    } catch {
      return null;
    }
  };
  const fetcher = (params, options) => {
    const operation = operationOf(params);
    const headers = options?.headers ?? {};
    if (operation === null) return http(params, headers);
    const request = { ...params, operationName: operation.name?.value };
    return operation.operation === 'subscription' ? socketFor(headers).iterate(request) : http(request, headers);
  };
  const props = { fetcher, defaultQuery: config.defaultQuery, defaultEditorToolsVisibility: 'headers', shouldPersistHeaders: false };
  ReactDOM.createRoot(document.getElementById('graphiql')).render(React.createElement(GraphiQL, props));
})();
`;
