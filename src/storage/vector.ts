import { fromSql, toSql } from 'pgvector';

/** Vectors travel as pgvector's text, `[1,2,3]`: the driver has no type of its own for them. */
export const toVector = (vector: readonly number[]): string => String(toSql([...vector]));

/** @throws Error when the text is no vector */
export function fromVector(text: string): number[] {
  const vector: unknown = fromSql(text);
  if (!Array.isArray(vector) || !vector.every((item) => typeof item === 'number' && Number.isFinite(item))) throw new Error('this is no vector');
  return vector;
}
