import {
  createSourceEventStream, execute, getOperationAST,
  type ExecutionArgs, type ExecutionResult, type FormattedExecutionResult, type GraphQLFormattedError, type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Actor } from '../src/kernel/actor';
import type { GatewayContext } from './context';
import type { Documents } from './documents';
import { formatError, formatResult, translated, type Trace } from './errors';
import { checkVariables, refuse, type QueryLimits } from './limits';
import { closable } from './iterators';
import { createSharedResults } from './shared-results';

/** Each of graphql-js' errors prints the whole variable: fifty of them over a megabyte took two seconds. */
const MAX_VARIABLE_ERRORS = 3;

type Awaitable<T> = T | Promise<T>;

/** The executor seam: whatever runs an admitted operation. graphql-js by default. */
export interface Executor {
  execute(args: ExecutionArgs): Awaitable<ExecutionResult>;
  /** The source of a subscription's events, or the errors that kept it from opening. */
  open(args: ExecutionArgs): Promise<AsyncIterable<unknown> | ExecutionResult>;
}

export const graphqlExecutor: Executor = {
  execute: (args) => execute(args),
  open: (args) => createSourceEventStream(args),
};

export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** An operation that passed every check that needs no execution. */
export interface PreparedOperation {
  readonly operation: OperationDefinitionNode;
  readonly args: ExecutionArgs;
}

export interface Caller {
  readonly actor: Actor;
  readonly trace: Trace;
  readonly idempotencyKey: string | null;
}

export interface OperationsOptions<App, Loaders> {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly limits: QueryLimits;
  readonly executor: Executor;
  readonly app: App;
  createLoaders(app: App, actor: Actor): Loaders;
  admit(actor: Actor): Promise<void>;
  /** How this process serves while something is away. */
  modes(): readonly string[];
  /** One token out of those of several mutations in one document: the one that covers them all. */
  mergeTokens(tokens: readonly string[]): string;
}

export interface Operations {
  /** `refused` holds errors ready to leave: the request was at fault and nothing was executed. */
  prepare(request: OperationRequest, trace: Trace): { readonly prepared: PreparedOperation } | { readonly refused: readonly GraphQLFormattedError[] };
  /** Asked before an operation runs. @throws GatewayError RATE_LIMITED */
  admit(actor: Actor): Promise<void>;
  /** Runs a query or mutation. Never rejects for a failure of a resolver: that is in `errors`, translated. */
  run(prepared: PreparedOperation, caller: Caller): Promise<FormattedExecutionResult>;
  /** Opens a subscription; the iterator throws a GraphQLError whose extensions are translated already, and then it is over. */
  subscribe(prepared: PreparedOperation, caller: Caller): Promise<AsyncIterableIterator<FormattedExecutionResult> | FormattedExecutionResult>;
}

/** Everything between a transport and the executor, the same for HTTP and WebSocket. */
export function createOperations<App, Loaders>(options: OperationsOptions<App, Loaders>): Operations {
  const { schema, documents, limits, executor, app } = options;
  const shared = createSharedResults();

  /** @throws GatewayError when a limit refuses it. */
  function check(request: OperationRequest): { prepared: PreparedOperation } | { errors: readonly unknown[]; reason: string } {
    const admission = documents.admit(request.query);
    if (admission.kind === 'refused') return { errors: admission.errors, reason: admission.reason };
    const variables = request.variables ?? {};
    checkVariables(variables, limits);
    const operation = getOperationAST(admission.document, request.operationName);
    if (operation === null || operation === undefined) throw refuse('OPERATION_RESOLUTION_FAILURE', unresolved(request.operationName));
    const cost = admission.costs.get(operation)?.(variables) ?? 0;
    if (cost > limits.cost) {
      throw refuse('QUERY_TOO_COSTLY', `this may cost ${cost}, at most ${limits.cost} is allowed: ask for fewer items (limit, first, last, topK), fields or aliases`);
    }
    return {
      prepared: {
        operation,
        args: {
          schema, document: admission.document, operationName: request.operationName ?? null, variableValues: variables,
          options: { maxCoercionErrors: MAX_VARIABLE_ERRORS },
        },
      },
    };
  }

  function openContext(caller: Caller): { context: GatewayContext<App, Loaders>; tokens: string[] } {
    const tokens: string[] = [];
    let loaders: Loaders | null = null;
    const context: GatewayContext<App, Loaders> = {
      actor: caller.actor,
      traceId: caller.trace.traceId,
      app,
      // Most mutations ask for none of them.
      get loaders() { return (loaders ??= options.createLoaders(app, caller.actor)); },
      idempotencyKey: caller.idempotencyKey,
      setConsistencyToken: (token) => void tokens.push(token),
    };
    return { context, tokens };
  }

  function withToken(result: FormattedExecutionResult, tokens: readonly string[]): FormattedExecutionResult {
    const [first] = tokens;
    if (first === undefined) return result;
    const consistencyToken = tokens.length === 1 ? first : options.mergeTokens(tokens);
    return { ...result, extensions: { ...result.extensions, consistencyToken } };
  }

  function withModes(result: FormattedExecutionResult, modes: readonly string[]): FormattedExecutionResult {
    return modes.length === 0 ? result : { ...result, extensions: { ...result.extensions, degraded: modes } };
  }

  async function run({ args }: PreparedOperation, caller: Caller): Promise<FormattedExecutionResult> {
    const { context, tokens } = openContext(caller);
    const result = await executor.execute({ ...args, contextValue: context });
    return withModes(withToken(formatResult(result, caller.trace), tokens), options.modes());
  }

  /** graphql-js would reuse one context for all events: its loaders would answer from the first event's cache for ever. */
  async function* respond(source: AsyncIterable<unknown>, prepared: PreparedOperation, caller: Caller): AsyncGenerator<FormattedExecutionResult, void> {
    const group = shared.groupOf(prepared.args, caller.actor);
    try {
      for await (const rootValue of source) {
        yield await shared.answer(group, rootValue, async () =>
          formatResult(await executor.execute({ ...prepared.args, rootValue, contextValue: openContext(caller).context }), caller.trace));
      }
    } catch (error) {
      throw translated(formatError(error, caller.trace));
    }
  }

  return {
    prepare(request, trace) {
      try {
        const checked = check(request);
        if ('prepared' in checked) return checked;
        return { refused: checked.errors.map((error) => formatError(error, trace, checked.reason)) };
      } catch (error) {
        return { refused: [formatError(error, trace)] };
      }
    },
    admit: (actor) => options.admit(actor),
    run,
    async subscribe(prepared, caller) {
      const source = await executor.open({ ...prepared.args, contextValue: openContext(caller).context });
      if (!isAsyncIterable(source)) return formatResult(source, caller.trace);
      return closable(source, (events) => respond(events, prepared, caller));
    },
  };
}

const isAsyncIterable = (value: AsyncIterable<unknown> | ExecutionResult): value is AsyncIterable<unknown> => Symbol.asyncIterator in value;

const unresolved = (name: string | null | undefined): string =>
  name === null || name === undefined || name === ''
    ? 'the document holds several operations: name one in operationName'
    : `the document holds no operation named ${JSON.stringify(name.slice(0, 100))}`;
