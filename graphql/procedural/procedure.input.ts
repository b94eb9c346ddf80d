import type { SuccessMetric, TrajectoryStep, WorkflowStep } from '../../src/domain/procedural/procedure';
import type { ProcedurePatch } from '../../src/domain/procedural/procedure-content';
import type { NewProcedure } from '../../src/domain/procedural/procedure.service';
import { parseScope } from '../../src/kernel/scope';
import { given } from '../input';
import type { CreateSkillInput, SkillImplementationInput, UpdateSkillInput } from './skill.types';
import type { ProcedureChangeInput } from './procedure-base.types';
import type { CreateTrajectoryInput, TrajectoryStepInput, UpdateTrajectoryInput } from './trajectory.types';
import type { CreateWorkflowInput, SuccessMetricInput, UpdateWorkflowInput, WorkflowStepInput } from './workflow.types';

type New<Kind> = NewProcedure & { readonly kind: Kind };
type Patch<Kind> = ProcedurePatch & { readonly kind: Kind };

export const newWorkflow = ({ scope, name, description, steps, successMetrics, learningPoints, warnings, metadata }: CreateWorkflowInput): New<'WORKFLOW'> => ({
  kind: 'WORKFLOW',
  scope: parseScope(scope, 'input.scope'),
  content: {
    name, description, steps: steps.map(toStep), successMetrics: (successMetrics ?? []).map(toMetric),
    learningPoints: learningPoints ?? [], warnings: warnings ?? [],
  },
  ...given({ metadata }, ['metadata']),
});

export const workflowPatch = ({ steps, successMetrics, metadata, ...rest }: UpdateWorkflowInput): Patch<'WORKFLOW'> => ({
  kind: 'WORKFLOW',
  content: {
    ...given(rest, ['name', 'description', 'learningPoints', 'warnings']),
    ...given({ steps: steps?.map(toStep), successMetrics: successMetrics?.map(toMetric) }, ['steps', 'successMetrics']),
  },
  ...given({ metadata }, ['metadata']),
});

export const newSkill = ({ scope, name, description, type, implementation, metadata }: CreateSkillInput): New<'SKILL'> => ({
  kind: 'SKILL',
  scope: parseScope(scope, 'input.scope'),
  content: { name, description, type, implementation: toImplementation(implementation) },
  ...given({ metadata }, ['metadata']),
});

export const skillPatch = ({ implementation, metadata, ...rest }: UpdateSkillInput): Patch<'SKILL'> => ({
  kind: 'SKILL',
  content: {
    ...given(rest, ['name', 'description', 'type']),
    ...(implementation === null || implementation === undefined ? {} : { implementation: toImplementation(implementation) }),
  },
  ...given({ metadata }, ['metadata']),
});

export const newTrajectory = ({ scope, agentId, sessionId, task, steps, outcome, learningPoints, metadata }: CreateTrajectoryInput): New<'TRAJECTORY'> => ({
  kind: 'TRAJECTORY',
  ...(scope === null || scope === undefined ? {} : { scope: parseScope(scope, 'input.scope') }),
  content: { agentId, sessionId: sessionId ?? null, task, steps: steps.map(toTaken), outcome, learningPoints: learningPoints ?? [] },
  ...given({ metadata }, ['metadata']),
});

export const trajectoryPatch = ({ steps, metadata, ...rest }: UpdateTrajectoryInput): Patch<'TRAJECTORY'> => ({
  kind: 'TRAJECTORY',
  content: { ...given(rest, ['task', 'outcome', 'learningPoints']), ...given({ steps: steps?.map(toTaken) }, ['steps']) },
  ...given({ metadata }, ['metadata']),
});

export const changeOf = ({ expectedRevision, reason }: ProcedureChangeInput) =>
  ({ expectedRevision: expectedRevision ?? null, reason: reason ?? null });

const toStep = ({ action, reasoning, inputSchema, outputSchema }: WorkflowStepInput): WorkflowStep =>
  ({ action, reasoning: reasoning ?? null, inputSchema: inputSchema ?? null, outputSchema: outputSchema ?? null });
const toMetric = ({ name, target }: SuccessMetricInput): SuccessMetric => ({ name, target: target ?? null });
const toImplementation = ({ kind, language, body }: SkillImplementationInput) => ({ kind, language: language ?? null, body });
const toTaken = ({ thought, action, observation, durationMs }: TrajectoryStepInput): TrajectoryStep =>
  ({ thought: thought ?? null, action, observation: observation ?? null, durationMs: durationMs ?? null });
