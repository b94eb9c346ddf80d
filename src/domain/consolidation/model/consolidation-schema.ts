import { z } from 'zod';
import type { JsonObject } from '../../../kernel/json';

const ACTIONS = ['create', 'duplicate', 'refine', 'contradict', 'retract', 'quarantine'] as const;

const properties: JsonObject = {
  candidate: { type: 'integer' },
  action: { type: 'string', enum: ACTIONS },
  memory: { type: ['integer', 'null'] },
  fact: { type: ['string', 'null'] },
  reason: { type: 'string' },
};

/** Closed objects, every property required: what strict structured output asks of a schema. */
export const CONSOLIDATION_SCHEMA: JsonObject = {
  type: 'object',
  properties: { decisions: { type: 'array', items: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false } } },
  required: ['decisions'],
  additionalProperties: false,
};

const StatedDecision = z.object({
  candidate: z.number(),
  action: z.enum(ACTIONS),
  memory: z.number().nullish().transform((value) => value ?? null),
  fact: z.string().nullish().transform((value) => value ?? null),
  reason: z.string().nullish().transform((value) => value ?? ''),
});

export type StatedDecision = z.infer<typeof StatedDecision>;

const Answer = z.object({ decisions: z.array(StatedDecision) });

/** @throws Error that tells the model what does not fit */
export function parseAnswer(value: unknown): readonly StatedDecision[] {
  const parsed = Answer.safeParse(value);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data.decisions;
}
