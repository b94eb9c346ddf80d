import { GraphQLError, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { Metrics } from '../src/kernel/metrics-type';
import { formattedOf } from './errors';
import type { Operations, PreparedOperation } from './operations';
import { rootFieldOf } from './root-field';

/** Counts and times what both transports run. Labels are names of the schema and codes, never a caller's words. */
export function measuredOperations(operations: Operations, metrics: Metrics): Operations {
  const timed = async <T>(prepared: PreparedOperation, work: () => Promise<T>, outcomeOf: (answer: T) => string): Promise<T> => {
    const labels = labelsOf(prepared);
    const started = performance.now();
    let outcome = 'INTERNAL_SERVER_ERROR';
    try {
      const answer = await work();
      outcome = outcomeOf(answer);
      return answer;
    } finally {
      metrics.observe('contextiq_graphql_operation_duration_seconds', labels, (performance.now() - started) / 1000);
      metrics.add('contextiq_graphql_operations_total', { ...labels, outcome });
    }
  };

  return {
    prepare(request, trace) {
      const outcome = operations.prepare(request, trace);
      if ('refused' in outcome) metrics.add('contextiq_graphql_operations_total', { type: 'unknown', field: 'none', outcome: firstCode(outcome.refused) });
      return outcome;
    },
    admit: (actor) => operations.admit(actor),
    run: (prepared, caller) => timed(prepared, () => operations.run(prepared, caller), outcomeOfResult),
    async subscribe(prepared, caller) {
      const opened = await timed(prepared, () => operations.subscribe(prepared, caller), (answer) => (isIterator(answer) ? 'ok' : outcomeOfResult(answer)));
      return isIterator(opened) ? counted(opened, rootFieldOf(prepared.operation, prepared.args.document), metrics) : opened;
    },
  };
}

function counted(items: AsyncIterableIterator<FormattedExecutionResult>, field: string, metrics: Metrics): AsyncIterableIterator<FormattedExecutionResult> {
  let isOpen = true;
  metrics.add('contextiq_subscriptions_open', { field });
  const close = (reason: string): void => {
    if (!isOpen) return;
    isOpen = false;
    metrics.add('contextiq_subscriptions_open', { field }, -1);
    metrics.add('contextiq_subscriptions_closed_total', { field, reason });
  };
  const iterator: AsyncIterableIterator<FormattedExecutionResult> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      try {
        const item = await items.next();
        if (item.done === true) close('completed');
        else metrics.add('contextiq_subscription_items_total', { field });
        return item;
      } catch (error) {
        close(error instanceof GraphQLError ? codeOf(formattedOf(error)) : 'INTERNAL_SERVER_ERROR');
        throw error;
      }
    },
    async return() {
      close('client');
      await items.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}

const labelsOf = ({ operation, args }: PreparedOperation) => ({ type: operation.operation, field: rootFieldOf(operation, args.document) });

const outcomeOfResult = ({ errors }: FormattedExecutionResult): string => (errors === undefined ? 'ok' : firstCode(errors));
const firstCode = ([first]: readonly GraphQLFormattedError[]): string => codeOf(first);

function codeOf(error: GraphQLFormattedError | undefined): string {
  const code = error?.extensions?.['code'];
  return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
}

const isIterator = (answer: AsyncIterableIterator<FormattedExecutionResult> | FormattedExecutionResult): answer is AsyncIterableIterator<FormattedExecutionResult> =>
  Symbol.asyncIterator in answer;
