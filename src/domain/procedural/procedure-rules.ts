import { badInput } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { isStorableText } from '../../kernel/scope';
import { requireStorableJson } from '../session/state';
import { requireJsonSchema } from './json-schema';
import type {
  NewProcedureUse, ProcedureContent, SkillContent, SuccessMetric, TrajectoryContent, TrajectoryStep, WorkflowContent, WorkflowStep,
} from './procedure';

const MAX_WORKFLOW_STEPS = 100;
const MAX_TRAJECTORY_STEPS = 200;
const MAX_NOTES = 20;
const MAX_NAME = 200;
const MAX_TASK = 2000;
const MAX_DESCRIPTION = 4000;
const MAX_ACTION = 2000;
const MAX_REASONING = 4000;
const MAX_OBSERVATION = 8000;
const MAX_NOTE = 1000;
const MAX_BODY = 64 * 1024;
const MAX_KEY = 256;
const MAX_CONTENT_BYTES = 256 * 1024;
const MAX_METADATA_BYTES = 16 * 1024;
const MAX_DURATION_MS = 2 ** 31 - 1;

/** @throws GatewayError BAD_USER_INPUT naming the field below `input` */
export function requireContent(procedure: ProcedureContent): void {
  switch (procedure.kind) {
    case 'WORKFLOW': requireWorkflow(procedure.content); break;
    case 'SKILL': requireSkill(procedure.content); break;
    case 'TRAJECTORY': requireTrajectory(procedure.content); break;
  }
  requireStorableJson(procedure.content, 'input', MAX_CONTENT_BYTES);
}

export function requireMetadata(metadata: unknown): void {
  requireStorableJson(metadata, 'input.metadata', MAX_METADATA_BYTES);
}

function requireWorkflow({ name, description, steps, successMetrics, learningPoints, warnings }: WorkflowContent): void {
  requireText(name, 'input.name', MAX_NAME);
  requireText(description, 'input.description', MAX_DESCRIPTION, true);
  requireList(steps, 'input.steps', 1, MAX_WORKFLOW_STEPS, requireStep);
  requireList(successMetrics, 'input.successMetrics', 0, MAX_NOTES, requireMetric);
  requireNotes(learningPoints, 'input.learningPoints');
  requireNotes(warnings, 'input.warnings');
}

function requireStep({ action, reasoning, inputSchema, outputSchema }: WorkflowStep, field: string): void {
  requireText(action, `${field}.action`, MAX_ACTION);
  requireOptional(reasoning, `${field}.reasoning`, MAX_REASONING);
  if (inputSchema !== null) requireJsonSchema(inputSchema, `${field}.inputSchema`);
  if (outputSchema !== null) requireJsonSchema(outputSchema, `${field}.outputSchema`);
}

function requireMetric({ name, target }: SuccessMetric, field: string): void {
  requireText(name, `${field}.name`, MAX_NAME);
  requireOptional(target, `${field}.target`, MAX_NAME);
}

function requireSkill({ name, description, implementation }: SkillContent): void {
  requireText(name, 'input.name', MAX_NAME);
  requireText(description, 'input.description', MAX_DESCRIPTION, true);
  requireText(implementation.body, 'input.implementation.body', MAX_BODY);
  requireOptional(implementation.language, 'input.implementation.language', MAX_NAME);
}

function requireTrajectory({ agentId, sessionId, task, steps, learningPoints }: TrajectoryContent): void {
  requireText(agentId, 'input.agentId', MAX_KEY);
  if (sessionId !== null && !isUuid(sessionId)) throw badInput('input.sessionId', 'a session’s id is a UUID');
  requireText(task, 'input.task', MAX_TASK);
  requireList(steps, 'input.steps', 1, MAX_TRAJECTORY_STEPS, requireTaken);
  requireNotes(learningPoints, 'input.learningPoints');
}

function requireTaken({ thought, action, observation, durationMs }: TrajectoryStep, field: string): void {
  requireText(action, `${field}.action`, MAX_ACTION);
  requireOptional(thought, `${field}.thought`, MAX_REASONING);
  requireOptional(observation, `${field}.observation`, MAX_OBSERVATION);
  if (durationMs !== null && (!Number.isInteger(durationMs) || durationMs < 0 || durationMs > MAX_DURATION_MS)) {
    throw badInput(`${field}.durationMs`, `durationMs is a whole number from 0 to ${MAX_DURATION_MS}`);
  }
}

/** @throws GatewayError BAD_USER_INPUT naming the field below `input` */
export function requireUse({ sessionId, agentId, note }: NewProcedureUse): void {
  if (sessionId !== null && !isUuid(sessionId)) throw badInput('input.sessionId', 'a session’s id is a UUID');
  requireOptional(agentId, 'input.agentId', MAX_KEY);
  requireOptional(note, 'input.note', MAX_NOTE);
}

const requireNotes = (notes: readonly string[], field: string): void => {
  requireList(notes, field, 0, MAX_NOTES, (note, at) => { requireText(note, at, MAX_NOTE); });
};

function requireList<T>(items: readonly T[], field: string, least: number, most: number, check: (item: T, field: string) => void): void {
  if (items.length < least || items.length > most) throw badInput(field, `${field} has ${least} to ${most} entries`);
  items.forEach((item, index) => { check(item, `${field}.${index}`); });
}

const requireOptional = (text: string | null, field: string, most: number): void => {
  if (text !== null) requireText(text, field, most);
};

function requireText(text: string, field: string, most: number, mayBeEmpty = false): void {
  if ((!mayBeEmpty && text.trim() === '') || text.length > most) throw badInput(field, `${field} has ${mayBeEmpty ? 0 : 1} to ${most} characters`);
  if (!isStorableText(text)) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
}
