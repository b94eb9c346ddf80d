import { z } from 'zod';
import type { JsonObject } from '../../../kernel/json';
import type { ExtractionTopic } from '../extractor';

const nullable = (type: string): JsonObject => ({ type: [type, 'null'] });

/** Closed objects, every property required: what strict structured output asks of a schema. */
export function extractionSchema(topics: readonly ExtractionTopic[]): JsonObject {
  const properties: JsonObject = {
    fact: { type: 'string' },
    turns: { type: 'array', items: { type: 'integer' } },
    topics: { type: 'array', items: { type: 'string', enum: topics.map((topic) => topic.name) } },
    subject: nullable('string'),
    attribute: nullable('string'),
    value: nullable('string'),
    exclusive: { type: 'boolean' },
    confidence: { type: 'number' },
    valid_from: nullable('string'),
    valid_to: nullable('string'),
  };
  const fact: JsonObject = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return { type: 'object', properties: { facts: { type: 'array', items: fact } }, required: ['facts'], additionalProperties: false };
}

const text = z.union([z.string(), z.number(), z.boolean()]).nullish().transform((value) => (value === null || value === undefined ? null : String(value)));

/** Some models cite `"3"` or `"[3]"`; what is no number at all becomes one that no turn has. */
const turnNumber = z.union([z.number(), z.string().transform((value) => Number.parseInt(value.replace(/^\D+/, ''), 10) || 0)]);

const StatedFact = z.object({
  fact: z.string(),
  turns: z.array(turnNumber),
  topics: z.array(z.string()),
  subject: text,
  attribute: text,
  value: text,
  exclusive: z.boolean().nullish().transform((value) => value ?? false),
  confidence: z.number().catch(0.7),
  valid_from: text,
  valid_to: text,
});

export type StatedFact = z.infer<typeof StatedFact>;

const Answer = z.object({ facts: z.array(StatedFact) });

/** @throws Error that tells the model what does not fit */
export function parseAnswer(value: unknown): readonly StatedFact[] {
  const parsed = Answer.safeParse(value);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data.facts;
}
