/** Fields of an input that were given and are not null: where null says nothing. */
export function given<T extends object, K extends keyof T>(input: T, keys: readonly K[]): { [P in K]?: NonNullable<T[P]> } {
  const result: { [P in K]?: NonNullable<T[P]> } = {};
  for (const key of keys) {
    const value = input[key];
    if (value !== null && value !== undefined) result[key] = value;
  }
  return result;
}

/** Fields of an input that were given, null included: where null clears. */
export function nullable<T extends object, K extends keyof T>(input: T, keys: readonly K[]): { [P in K]?: Exclude<T[P], undefined> } {
  const result: { [P in K]?: Exclude<T[P], undefined> } = {};
  for (const key of keys) {
    const value = input[key];
    if (value !== undefined) result[key] = value as Exclude<T[K], undefined>;
  }
  return result;
}
