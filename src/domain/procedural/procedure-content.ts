import type { JsonObject } from '../../kernel/json';
import type { Procedure, ProcedureContent, ProcedureKind, ProcedureRevision, SkillContent, TrajectoryContent, WorkflowContent } from './procedure';

/** A field that is absent stays. A trajectory's agent and session are facts, and stay. */
export type ProcedurePatch = { readonly metadata?: JsonObject } & (
  | { readonly kind: 'WORKFLOW'; readonly content: Partial<WorkflowContent> }
  | { readonly kind: 'SKILL'; readonly content: Partial<SkillContent> }
  | { readonly kind: 'TRAJECTORY'; readonly content: Partial<Omit<TrajectoryContent, 'agentId' | 'sessionId'>> }
);

/** Nothing but what its kind holds. */
export function contentOf(procedure: ProcedureContent): ProcedureContent {
  switch (procedure.kind) {
    case 'WORKFLOW': return { kind: 'WORKFLOW', content: workflowContent(procedure.content) };
    case 'SKILL': return { kind: 'SKILL', content: skillContent(procedure.content) };
    case 'TRAJECTORY': return { kind: 'TRAJECTORY', content: trajectoryContent(procedure.content) };
  }
}

/** What a stored procedure says. */
export function toContent(procedure: Procedure): ProcedureContent {
  switch (procedure.kind) {
    case 'WORKFLOW': return { kind: 'WORKFLOW', content: workflowContent(procedure) };
    case 'SKILL': return { kind: 'SKILL', content: skillContent(procedure) };
    case 'TRAJECTORY': return { kind: 'TRAJECTORY', content: trajectoryContent(procedure) };
  }
}

/** The content after a patch of the same kind, null when the patch holds nothing. */
export function patchedContent(procedure: Procedure, patch: ProcedurePatch): ProcedureContent | null {
  if (patch.metadata === undefined && Object.values(patch.content).every((value) => value === undefined)) return null;
  if (procedure.kind === 'WORKFLOW' && patch.kind === 'WORKFLOW') return { kind: 'WORKFLOW', content: { ...workflowContent(procedure), ...patch.content } };
  if (procedure.kind === 'SKILL' && patch.kind === 'SKILL') return { kind: 'SKILL', content: { ...skillContent(procedure), ...patch.content } };
  if (procedure.kind === 'TRAJECTORY' && patch.kind === 'TRAJECTORY') return { kind: 'TRAJECTORY', content: { ...trajectoryContent(procedure), ...patch.content } };
  throw new Error(`a patch of a ${patch.kind} does not fit a ${procedure.kind}`);
}

/** What a revision shows: it was written as content of this kind. */
export const revisedContent = (kind: ProcedureKind, { content }: Pick<ProcedureRevision, 'content'>): ProcedureContent =>
  ({ kind, content } as unknown as ProcedureContent); // a seam: the store wrote it from ProcedureContent

const workflowContent = ({ name, description, steps, successMetrics, learningPoints, warnings }: WorkflowContent): WorkflowContent =>
  ({ name, description, steps, successMetrics, learningPoints, warnings });
const skillContent = ({ name, description, type, implementation }: SkillContent): SkillContent => ({ name, description, type, implementation });
const trajectoryContent = ({ agentId, sessionId, task, steps, outcome, learningPoints }: TrajectoryContent): TrajectoryContent =>
  ({ agentId, sessionId: sessionId?.toLowerCase() ?? null, task, steps, outcome, learningPoints });
