import { z } from 'zod';

/** pgvector's text form, `[0.1,0.2]`. */
export const toVector = (vector: readonly number[]): string => `[${vector.join(',')}]`;

const NUMBERS = z.array(z.number());
export const fromVector = (text: string): number[] => NUMBERS.parse(JSON.parse(text));
