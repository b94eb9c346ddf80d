import { createHash } from 'node:crypto';
import type { ProcedureContent, WorkflowContent, SkillContent, TrajectoryContent } from './procedure';

/** What words and vectors are made of: about a page, the most telling first. */
const MAX_TEXT = 8000;
/** What a tool returned says little of how it was done. */
const MAX_OBSERVED = 200;

/** A procedure as text: what it is found by. */
export function textOf(procedure: ProcedureContent): string {
  const lines = linesOf(procedure).filter((line): line is string => line !== null && line.trim() !== '');
  return lines.join('\n').slice(0, MAX_TEXT).toWellFormed();
}

function linesOf(procedure: ProcedureContent): readonly (string | null)[] {
  switch (procedure.kind) {
    case 'WORKFLOW': return ofWorkflow(procedure.content);
    case 'SKILL': return ofSkill(procedure.content);
    case 'TRAJECTORY': return ofTrajectory(procedure.content);
  }
}

const ofWorkflow = ({ name, description, steps, successMetrics, learningPoints, warnings }: WorkflowContent): (string | null)[] => [
  name, description, ...steps.map(({ action }) => spaced(action)), ...learningPoints, ...warnings, ...successMetrics.map((metric) => metric.name),
  ...steps.map(({ reasoning }) => reasoning),
];

const ofSkill = ({ name, description, type, implementation }: SkillContent): (string | null)[] =>
  [spaced(name), description, type.toLowerCase().replaceAll('_', ' '), implementation.language, implementation.body];

const ofTrajectory = ({ task, steps, learningPoints }: TrajectoryContent): (string | null)[] => [
  task, ...learningPoints, ...steps.map(({ action }) => spaced(action)),
  ...steps.flatMap(({ thought, observation }) => [thought, observation?.slice(0, MAX_OBSERVED).toWellFormed() ?? null]),
];

/** `lookupOrder` and `lookup_order` are found by their words. */
export const spaced = (name: string): string => name.replace(/([\p{Ll}\p{N}])(?=\p{Lu})/gu, '$1 ').replaceAll('_', ' ');

/** Of the very text that an embedder sees. */
export const textHash = (text: string): Buffer => createHash('sha256').update(text).digest();
