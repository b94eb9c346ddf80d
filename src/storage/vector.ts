import { fromSql, toSql } from 'pgvector';
import { z } from 'zod';

const Numbers = z.array(z.number());

/** Vectors travel as pgvector's text, `[1,2,3]`: the driver has no type of its own for them. */
export const toVector = (vector: readonly number[]): string => String(toSql([...vector]));
export const fromVector = (text: string): number[] => Numbers.parse(fromSql(text));
