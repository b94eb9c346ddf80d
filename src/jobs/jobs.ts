import { z } from 'zod';

/** First what somebody waits for, then what may wait. One in four starts goes to the oldest whatever its priority, so nothing starves. */
export const PRIORITIES = ['INTERACTIVE', 'BULK'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A job is data: a name, the shape of its payload (ids only) and how often it is tried before it is dead. */
export interface JobDeclaration<Payload> {
  readonly payload: z.ZodType<Payload>;
  readonly attempts: number;
  /** Unless whoever enqueues it says otherwise. */
  readonly priority: Priority;
  readonly description: string;
}

const generationRef = z.object({ tenantId: z.string().min(1), generationId: z.uuid() }).strict();

export const JOBS = {
  'memory.generation': { payload: generationRef, attempts: 20, priority: 'INTERACTIVE', description: 'Extracts candidates from a source, window by window' },
  'memory.consolidation': { payload: generationRef, attempts: 20, priority: 'INTERACTIVE', description: 'Weighs candidates against what is known and writes memories' },
  'memory.embedding': {
    // `catchUp`: when these are done, the next ones without a vector follow.
    payload: z.object({ tenantId: z.string().min(1), memoryIds: z.array(z.uuid()).max(500), generationId: z.uuid().nullable(), catchUp: z.literal(true).optional() }).strict(),
    attempts: 20,
    priority: 'INTERACTIVE',
    description: 'Embeds memories that have no vector of the current model and text',
  },
  'procedure.embedding': {
    payload: z.object({ tenantId: z.string().min(1), procedureIds: z.array(z.uuid()).max(500), catchUp: z.literal(true).optional() }).strict(),
    attempts: 20,
    priority: 'INTERACTIVE',
    description: 'Embeds workflows, skills and trajectories that have no vector of the current model and text',
  },
  'document.embedding': {
    payload: z.object({ tenantId: z.string().min(1), documentId: z.uuid() }).strict(),
    attempts: 20,
    priority: 'BULK',
    description: 'Embeds passages of a document that have no vector of the current model',
  },
  'data.forgetting': {
    payload: z.object({ tenantId: z.string().min(1), forgettingId: z.uuid() }).strict(),
    attempts: 20,
    priority: 'INTERACTIVE',
    description: 'Erases memories, or all of a person’s, batch by batch',
  },
  'data.import': {
    payload: z.object({ tenantId: z.string().min(1), importId: z.uuid() }).strict(),
    attempts: 20,
    priority: 'BULK',
    description: 'Reads uploaded data and writes it into the tenant, batch by batch',
  },
  'session.summary': {
    payload: z.object({ tenantId: z.string().min(1), sessionId: z.uuid() }).strict(),
    attempts: 20,
    priority: 'BULK',
    description: 'Summarizes a session that outgrew its bounds',
  },
  'a2a.delivery': {
    payload: z.object({ tenantId: z.string().min(1), messageId: z.uuid() }).strict(),
    attempts: 8,
    priority: 'INTERACTIVE',
    description: 'Hands a message to an agent on another server, and asks for its answer until there is one',
  },
  'a2a.cancellation': {
    payload: z.object({ tenantId: z.string().min(1), taskId: z.uuid() }).strict(),
    attempts: 8,
    priority: 'INTERACTIVE',
    description: 'Tells an agent on another server that nobody wants its answer any more',
  },
  'agent.card': {
    payload: z.object({ tenantId: z.string().min(1), agentId: z.string().min(1) }).strict(),
    attempts: 3,
    priority: 'BULK',
    description: 'Asks an agent on another server for its card: whether it is there, and how it is called',
  },
  'procedure.distillation': {
    payload: z.object({ tenantId: z.string().min(1), distillationId: z.uuid() }).strict(),
    attempts: 20,
    priority: 'BULK',
    description: 'Learns candidate workflows and skills from the trajectories of a pool',
  },
} as const satisfies Record<string, JobDeclaration<unknown>>;

export type JobName = keyof typeof JOBS;
export type JobPayload<Name extends JobName> = z.infer<(typeof JOBS)[Name]['payload']>;
export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[];
export const isJobName = (name: string): name is JobName => (JOB_NAMES as readonly string[]).includes(name);
