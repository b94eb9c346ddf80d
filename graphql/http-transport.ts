import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLRequestListener, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled, ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled, ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { Kind, OperationTypeNode, type FormattedExecutionResult, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Actor } from '../src/kernel/actor';
import type { GatewayError } from '../src/kernel/errors';
import type { Logger } from '../src/kernel/logger-type';
import type { Metrics } from '../src/kernel/metrics-type';
import { chooseIdempotencyKey, secretOf, type Credentials } from './context';
import { formatError, type Trace } from './errors';
import { apolloErrors, JSON_TYPE, sendError, write } from './http-reply';
import { refuse } from './limits';
import type { Operations } from './operations';
import { readJsonBody, type BodyLimits } from './request-body';
import { usualRequest, type UsualRequest } from './usual-request';

/** Where the specification and what clients are used to, or safety, part. */
export interface HttpProtocol {
  /** GraphQL over HTTP, 6.4.1: under application/json a well-formed request is answered 200 even when its document is at fault. */
  readonly specStatus: boolean;
  /** Answers a GET without a preflight header unless its headers speak of another site. */
  readonly directGet: boolean;
}

export const DEFAULT_PROTOCOL: HttpProtocol = { specStatus: true, directGet: false };

export interface HttpTransportOptions {
  readonly schema: GraphQLSchema;
  readonly operations: Operations;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly body: BodyLimits;
  readonly protocol: HttpProtocol;
  authenticate(credentials: Credentials): Promise<Actor>;
}

export interface HttpTransport {
  handle(request: IncomingMessage, response: ServerResponse, traceId: string): Promise<void>;
  close(): Promise<void>;
}

/** One request on its way, perhaps through Apollo, which copies its context value: only what hangs below one reference survives. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly trace: Trace;
  actor: Actor | null;
  /** Set when the caller could not be identified, does too much, or its headers are malformed. */
  failure: { readonly cause: unknown } | null;
  /** The answer is ours; otherwise Apollo refused the request as no GraphQL-over-HTTP request at all. */
  answered: boolean;
  /** The document or its variables were at fault, nothing was executed. */
  requestError: boolean;
  consistencyToken: string | null;
}

interface ApolloContext {
  readonly exchange: Exchange;
}

/**
 * GraphQL over HTTP on bare node:http. Apollo Server is the authority on the protocol (methods, CSRF, media types, shape of
 * the request) for all that is not the usual JSON POST; documents are admitted and executed by `operations`, the same as on the socket.
 */
export async function createHttpTransport(options: HttpTransportOptions): Promise<HttpTransport> {
  const { schema, operations, logger, metrics, body: bodyLimits, protocol, authenticate } = options;
  const apollo = new ApolloServer<ApolloContext>({
    schema,
    // Documents are parsed, validated and cached by `operations`; Apollo's own store would never be asked.
    documentStore: null,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: silent,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      execution(operations),
    ],
  });
  await apollo.start();

  async function identify(exchange: Exchange): Promise<ApolloContext> {
    try {
      const { headers } = exchange.request;
      chooseIdempotencyKey(headers['idempotency-key'], null);
      const secret = secretOf(headers.authorization, headers['x-api-key']);
      exchange.actor = await authenticate({ secret });
    } catch (error) {
      exchange.failure = { cause: error };
      throw error;
    }
    return { exchange };
  }

  async function handle(request: IncomingMessage, response: ServerResponse, traceId: string): Promise<void> {
    const trace: Trace = { traceId, logger, metrics };
    const exchange: Exchange = {
      request, trace, actor: null, failure: null, answered: false, requestError: false, consistencyToken: null,
    };
    try {
      requireAcceptable(request.headers.accept);
      const body = await readJsonBody(request, bodyLimits);
      const usual = usualRequest(request, body);
      if (usual !== null) return await answerUsual(usual, exchange, response);
      const answered = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: request.method ?? 'GET', headers: relevantHeaders(request, protocol), search: searchOf(request), body },
        context: () => identify(exchange),
      });
      if (exchange.failure === null) send(response, answered, exchange, protocol);
      else sendError(response, formatError(exchange.failure.cause, trace), trace);
    } catch (error) {
      sendError(response, formatError(error, trace), trace);
    }
  }

  async function answerUsual(usual: UsualRequest, exchange: Exchange, response: ServerResponse): Promise<void> {
    await identify(exchange);
    const { result, status } = await answer(operations, operations.prepare(usual, exchange.trace), usual.extensions, exchange);
    if (exchange.failure !== null) throw exchange.failure.cause;
    const { errors, data, extensions } = result;
    reply(response, status, usual.contentType, `${JSON.stringify({ errors, data, extensions })}\n`, exchange, protocol);
  }

  return { handle, close: () => apollo.stop() };
}

/** Replaces Apollo's parsing, validation and execution by ours, at the two hooks that allow it. */
function execution(operations: Operations): ApolloServerPlugin<ApolloContext> {
  return {
    async requestDidStart({ contextValue: { exchange } }) {
      let preparation: Preparation = { refused: [] };
      const listener: GraphQLRequestListener<ApolloContext> = {
        async didResolveSource(context) {
          const { operationName, variables } = context.request;
          preparation = operations.prepare({ query: context.source, operationName, variables }, exchange.trace);
          // A document that is there is neither parsed nor validated again; a refused one is answered below.
          const document = 'prepared' in preparation ? preparation.prepared.args.document : { kind: Kind.DOCUMENT, definitions: [] };
          Object.assign(context, { document });
        },
        async responseForOperation({ request }) {
          const { result, status } = await answer(operations, preparation, request.extensions, exchange);
          return { http: { status, headers: new HeaderMap() }, body: { kind: 'single', singleResult: result } };
        },
      };
      return listener;
    },
    async unexpectedErrorProcessingRequest({ requestContext, error }) {
      const { traceId, logger } = requestContext.contextValue.exchange.trace;
      logger.error({ traceId, err: error }, 'unexpected error while answering a GraphQL request');
    },
  };
}

type Preparation = ReturnType<Operations['prepare']>;

interface Answer {
  readonly result: FormattedExecutionResult;
  readonly status: number;
}

/** Runs what was prepared and notes on the exchange how it went. */
async function answer(operations: Operations, preparation: Preparation, extensions: Readonly<Record<string, unknown>> | null | undefined, exchange: Exchange): Promise<Answer> {
  const { actor, trace, request } = exchange;
  if (actor === null) throw new Error('an operation was reached before its caller was identified');
  exchange.answered = true;
  if ('refused' in preparation) return atFault(preparation.refused, exchange);
  try {
    await operations.admit(actor);
  } catch (cause) {
    exchange.failure = { cause };
    return atFault([], exchange);
  }
  const { prepared } = preparation;
  try {
    if (prepared.operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionOverHttp(request);
    const idempotencyKey = chooseIdempotencyKey(request.headers['idempotency-key'], extensions?.['idempotencyKey']);
    const result = await operations.run(prepared, { actor, trace, idempotencyKey });
    const token: unknown = result.extensions?.['consistencyToken'];
    exchange.consistencyToken = typeof token === 'string' ? token : null;
    // Without `data` nothing was executed: the variables were at fault.
    exchange.requestError = !('data' in result);
    return { result, status: exchange.requestError ? 400 : 200 };
  } catch (error) {
    return atFault([formatError(error, trace)], exchange);
  }
}

function atFault(errors: readonly GraphQLFormattedError[], exchange: Exchange): Answer {
  exchange.requestError = true;
  return { result: { errors }, status: 400 };
}

function send(response: ServerResponse, { body, status = 200, headers }: HTTPGraphQLResponse, exchange: Exchange, protocol: HttpProtocol): void {
  if (body.kind !== 'complete') throw new Error('incremental delivery is not offered');
  const text = exchange.answered ? body.string : JSON.stringify({ errors: apolloErrors(body.string, status, exchange.trace) });
  const allow = headers.get('allow');
  if (allow !== undefined) response.setHeader('allow', allow);
  reply(response, status, headers.get('content-type') ?? JSON_TYPE, text, exchange, protocol);
}

function reply(response: ServerResponse, status: number, contentType: string, text: string, exchange: Exchange, { specStatus }: HttpProtocol): void {
  if (exchange.consistencyToken !== null) response.setHeader('x-consistency-token', exchange.consistencyToken);
  const isRequestErrorInJson = exchange.requestError && contentType.startsWith('application/json');
  write(response, specStatus && isRequestErrorInJson ? 200 : status, contentType, text, exchange.trace.traceId);
}

function subscriptionOverHttp(request: IncomingMessage): GatewayError {
  const secure = 'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https';
  const url = `${secure ? 'wss' : 'ws'}://${request.headers.host ?? 'localhost'}${pathOf(request)}`;
  return refuse('SUBSCRIPTION_OVER_HTTP', `subscriptions are served over WebSocket (graphql-transport-ws) at ${url}`);
}

/** Checked before anything runs: Apollo would execute a mutation first and then find that its answer is not acceptable. */
function requireAcceptable(accept: string | undefined): void {
  if (accept === undefined || accept === '' || /\*\/\*|application\/(\*|json|graphql-response\+json)/i.test(accept)) return;
  throw refuse('NOT_ACCEPTABLE', 'answers are application/graphql-response+json or application/json');
}

function relevantHeaders({ method, headers }: IncomingMessage, { directGet }: HttpProtocol): HeaderMap {
  const map = new HeaderMap();
  for (const name of ['accept', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name']) {
    const value = headers[name];
    if (typeof value === 'string') map.set(name, value);
  }
  // Apollo's protection against forged requests asks for a header that a page of another site cannot send unasked.
  if (directGet && method === 'GET' && !isFromAnotherSite(headers)) map.set('apollo-require-preflight', 'direct');
  return map;
}

/** Browsers say where a request comes from, over HTTPS and on loopback; without a word of it no browser sent this, or an old or insecure one. */
function isFromAnotherSite({ origin, referer, 'sec-fetch-site': site }: IncomingMessage['headers']): boolean {
  return site === undefined ? origin !== undefined || referer !== undefined : site !== 'same-origin' && site !== 'none';
}

const searchOf = ({ url = '' }: IncomingMessage): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');
const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? '';

const silence = (): void => undefined;
/** What Apollo would log is logged by us, with a trace id. */
const silent = { debug: silence, info: silence, warn: silence, error: silence };
