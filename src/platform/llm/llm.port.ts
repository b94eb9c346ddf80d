import type { JsonValue } from '../../kernel/json';
import type { Meter, ModelUsage } from './usage.port';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface StructuredRequest<T> {
  /** Names the schema for the provider: letters, digits, `_` and `-`. */
  readonly schemaName: string;
  /** JSON Schema of the answer: objects closed, every property required, as strict structured output wants it. */
  readonly jsonSchema: JsonValue;
  /** Validates and types the answer; throws with a message for the model when it does not fit. */
  readonly parse: (value: unknown) => T;
  readonly messages: readonly ChatMessage[];
  readonly signal: AbortSignal;
  /** Told what each answer took, also when the call as a whole fails. */
  readonly meter?: Meter | undefined;
}

export interface StructuredAnswer<T> {
  readonly value: T;
  /** Of the model that answered, its repair turns included. */
  readonly usage: ModelUsage;
}

/** A chat model that answers in validated structure. */
export interface ChatModel {
  /** `provider/model`, as stored with what it produced. */
  readonly name: string;
  /**
   * @throws GatewayError UNAVAILABLE when the provider does not answer in time or refuses for now;
   * INTERNAL_SERVER_ERROR with reason MODEL_ANSWER_INVALID when its answer fits no schema even after a repair turn
   */
  structured<T>(request: StructuredRequest<T>): Promise<StructuredAnswer<T>>;
}
