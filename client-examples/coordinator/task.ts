import type { Json, JsonObject } from '../typescript-client';

export interface Task {
  readonly id: string;
  /** The specialist it is for. */
  readonly specialist: string;
  readonly text: string;
  /** Tasks whose results it needs. */
  readonly needs: readonly string[];
}

/** Results by task id. */
export type Results = Readonly<Record<string, string>>;

export const resultsIn = (object: JsonObject): Results =>
  Object.fromEntries(Object.entries(object).filter((entry: [string, Json]): entry is [string, string] => typeof entry[1] === 'string'));
