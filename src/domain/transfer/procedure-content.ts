import { z } from 'zod';
import { GatewayError } from '../../kernel/errors';
import { IMPLEMENTATION_KINDS, OUTCOMES, SKILL_TYPES, type ProcedureContent } from '../procedural/procedure';
import { requireContent } from '../procedural/procedure-rules';
import { object, uuid } from './fields';

const SCHEMA_BYTES = 256 * 1024;
const notes = z.array(z.string());
const optional = z.string().nullable();

const shape = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('WORKFLOW'),
    content: z.strictObject({
      name: z.string(), description: z.string(),
      steps: z.array(z.strictObject({ action: z.string(), reasoning: optional, inputSchema: object(SCHEMA_BYTES).nullable(), outputSchema: object(SCHEMA_BYTES).nullable() })),
      successMetrics: z.array(z.strictObject({ name: z.string(), target: optional })), learningPoints: notes, warnings: notes,
    }),
  }),
  z.strictObject({
    kind: z.literal('SKILL'),
    content: z.strictObject({
      name: z.string(), description: z.string(), type: z.enum(SKILL_TYPES),
      implementation: z.strictObject({ kind: z.enum(IMPLEMENTATION_KINDS), language: optional, body: z.string() }),
    }),
  }),
  z.strictObject({
    kind: z.literal('TRAJECTORY'),
    content: z.strictObject({
      agentId: z.string(), sessionId: uuid.nullable(), task: z.string(), outcome: z.enum(OUTCOMES), learningPoints: notes,
      steps: z.array(z.strictObject({ thought: optional, action: z.string(), observation: optional, durationMs: z.number().nullable() })),
    }),
  }),
]);

/** A workflow, skill or trajectory within the bounds of those that are written here. */
export const procedureContent = shape.superRefine((procedure: ProcedureContent, context) => {
  try {
    requireContent(procedure);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    context.addIssue({ code: 'custom', path: ['content'], message: error.message });
  }
});
