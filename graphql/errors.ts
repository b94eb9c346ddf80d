import { GraphQLError, type ExecutionResult, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import { GatewayError, type ErrorCode } from '../src/kernel/errors';
import type { Logger } from '../src/kernel/logger-type';
import type { Metrics } from '../src/kernel/metrics-type';

/** What an answer about a failure needs to know of its request. */
export interface Trace {
  readonly traceId: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** graphql-js quotes the value at fault, which may be the whole body. */
const MAX_MESSAGE = 500;
const VARIABLE_AT_FAULT = /^Variable "\$([^"]+)"/;
/** Of an input: a field that is missing, or that there is none of. */
const FIELD_AT_FAULT = /; Field "(\w+)" (?:of required type "[^"]+" was not provided|is not defined by type "\w+")\.(?: Did you mean [^;]+)?$/;
const PATH_AT_FAULT = / at "([^"]+)"; /g;

const clip = (text: string): string => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text);

/**
 * The one translation of a failure into what a client may see, for both transports.
 * A GatewayError keeps its code, message and details; an error of graphql-js about the request becomes BAD_USER_INPUT with
 * `requestReason`; anything else is a bug: it is logged in full under the trace id and leaves as "internal error".
 */
export function formatError(error: unknown, trace: Trace, requestReason = 'BAD_REQUEST'): GraphQLFormattedError {
  const { code, formatted } = translate(error, trace, requestReason);
  trace.metrics.add('contextiq_errors_total', { door: 'graphql', code });
  return formatted;
}

function translate(error: unknown, trace: Trace, requestReason: string): { readonly code: ErrorCode; readonly formatted: GraphQLFormattedError } {
  const place = error instanceof GraphQLError ? placeOf(error) : {};
  const cause = rootCause(error);
  if (cause instanceof GatewayError) {
    return { code: cause.code, formatted: { message: clip(cause.message), ...place, extensions: { code: cause.code, ...cause.details, traceId: trace.traceId } } };
  }
  const reason = error instanceof GraphQLError && cause instanceof GraphQLError ? inputReason(error, cause, requestReason) : null;
  if (error instanceof GraphQLError && reason !== null) {
    const field = fieldAtFault(error.message);
    const extensions = { code: 'BAD_USER_INPUT', ...(field === null ? {} : { field }), reason, traceId: trace.traceId };
    return { code: 'BAD_USER_INPUT', formatted: { message: clip(error.message), ...place, extensions } };
  }
  trace.logger.error({ traceId: trace.traceId, err: cause, path: place.path }, 'unexpected error while answering a GraphQL operation');
  return { code: 'INTERNAL_SERVER_ERROR', formatted: { message: 'internal error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', traceId: trace.traceId } } };
}

/** An execution result as it may leave: errors translated, data untouched. */
export function formatResult(result: ExecutionResult, trace: Trace): FormattedExecutionResult {
  const { errors, ...rest } = result;
  if (errors === undefined || errors.length === 0) return rest;
  // Without a path nothing was executed: the variables or the operation name were at fault.
  return { ...rest, errors: errors.map((error) => formatError(error, trace, 'VARIABLES_INVALID')) };
}

const finished = new WeakMap<GraphQLError, GraphQLFormattedError>();

/** A GraphQLError for libraries that insist on one, which `formattedOf` turns back into exactly this answer. */
export function translated(formatted: GraphQLFormattedError): GraphQLError {
  const error = new GraphQLError(formatted.message, { extensions: formatted.extensions ?? null });
  finished.set(error, formatted);
  return error;
}

/** The answer behind an error made by `translated`, however often a library wrapped it; undefined for any other. */
export function formattedOf(error: GraphQLError): GraphQLFormattedError | undefined {
  const own = finished.get(error);
  if (own !== undefined) return own;
  return error.originalError instanceof GraphQLError ? formattedOf(error.originalError) : undefined;
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

/**
 * Errors of graphql-js without a path speak of the request. Those with a path arose while a field was executed: there,
 * one that points into the document is an argument at fault, and one that does not is our own value that did not serialise.
 */
function inputReason(error: GraphQLError, cause: GraphQLError, requestReason: string): string | null {
  if (error.path === undefined) return requestReason;
  return cause !== error && cause.nodes !== undefined && cause.path === undefined ? 'ARGUMENT_INVALID' : null;
}

/** `events.0.text` out of `Variable "$events" got invalid value 1 at "events[0].text"; …`: the spelling that services use. */
function fieldAtFault(message: string): string | null {
  const variable = VARIABLE_AT_FAULT.exec(message)?.[1];
  if (variable === undefined) return null;
  // The quoted value comes before the path and may look like one: the last path that starts with the variable counts.
  const paths = [...message.matchAll(PATH_AT_FAULT)].map((match) => match[1] ?? '').filter((path) => path.startsWith(variable));
  const own = FIELD_AT_FAULT.exec(message)?.[1];
  return `${paths.at(-1) ?? variable}${own === undefined ? '' : `.${own}`}`.replace(/\[(\d+)\]/g, '.$1').slice(0, MAX_MESSAGE);
}

const placeOf = (error: GraphQLError): Pick<GraphQLFormattedError, 'locations' | 'path'> => ({
  ...(error.locations === undefined ? {} : { locations: error.locations }),
  ...(error.path === undefined ? {} : { path: error.path }),
});
