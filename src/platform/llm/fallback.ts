import { GatewayError } from '../../kernel/errors';
import type { ChatModel } from './llm.port';

/**
 * Asks the models in order, the next one when one cannot answer: not reached, refused, or without a usable answer. Who answered
 * stands in the answer's usage. When none did, the failure is one that may pass if there was any, so that a job waits for it.
 */
export function createFallbackChat(models: readonly [ChatModel, ...ChatModel[]]): ChatModel {
  return {
    name: models[0].name,
    async structured(request) {
      const failures: { readonly model: string; readonly error: GatewayError }[] = [];
      for (const model of models) {
        try {
          return await model.structured(request);
        } catch (error) {
          request.signal.throwIfAborted();
          if (!(error instanceof GatewayError)) throw error;
          failures.push({ model: model.name, error });
        }
      }
      throw summary(failures);
    },
  };
}

function summary(failures: readonly { readonly model: string; readonly error: GatewayError }[]): Error {
  const passing = failures.filter(({ error }) => error.code === 'UNAVAILABLE');
  const told = (passing[0] ?? failures.at(-1))?.error;
  if (told === undefined) return new Error('a chain without models');
  const waits = passing.flatMap(({ error }) => error.details.retryAfterMs ?? []);
  const message = failures.map(({ model, error }) => `${model}: ${error.message}`).join('; ');
  return new GatewayError(told.code, message, { ...told.details, ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }) }, { cause: told });
}
