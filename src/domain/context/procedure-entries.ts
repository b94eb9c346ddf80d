import type { Procedure, ProcedureOutcome, Skill, Trajectory, Workflow } from '../procedural/procedure';
import type { ProcedureHit } from '../procedural/procedure-search';
import { weighed, whyFound } from './entries';
import { cut, folded, type Entry } from './lines';

/** In characters, of each part: a long description takes nothing from the warnings. */
const [MAX_NAME, MAX_DESCRIPTION, MAX_STEPS, MAX_POINTS, MAX_BODY] = [160, 300, 600, 400, 800];

/** A workflow with its steps, what was learnt of it and what to beware of; a skill with what it is made of; of a trajectory what it taught. */
export const procedureEntry = ({ procedure, score, explanation }: ProcedureHit): Entry => ({
  layer: 'PROCEDURAL', kind: procedure.kind, mark: 'p', id: procedure.id, memoryId: null, eventId: null, documentId: null, procedureId: procedure.id, sessionId: null, seq: null,
  text: textOf(procedure), ...weighed(score, explanation.recency, provenOf(procedure)), why: whyFound(explanation),
});

/** The share of uses that went well, as if there had been one more good and one more bad: never used is 0.5. A trajectory is one use. */
function provenOf(procedure: Procedure): number {
  const [uses, successes] = procedure.kind === 'TRAJECTORY' ? [1, GOOD[procedure.outcome]] : [procedure.usageCount, procedure.successCount];
  return (successes + 1) / (uses + 2);
}

const GOOD: Readonly<Record<ProcedureOutcome, number>> = { SUCCESS: 1, PARTIAL: 0.5, FAILURE: 0 };
const ENDED: Readonly<Record<ProcedureOutcome, string>> = { SUCCESS: 'it went well', PARTIAL: 'it went well in part', FAILURE: 'it failed' };

const textOf = (procedure: Procedure): string => {
  switch (procedure.kind) {
    case 'WORKFLOW': return ofWorkflow(procedure);
    case 'SKILL': return ofSkill(procedure);
    case 'TRAJECTORY': return ofTrajectory(procedure);
  }
};

const ofWorkflow = ({ name, description, steps, learningPoints, warnings, usageCount, successCount }: Workflow): string => [
  `Workflow ${headed(name, description)}`, stepsOf(steps), listed('Learnt', learningPoints), listed('Beware', warnings), usesOf(usageCount, successCount),
].filter((part) => part !== '').join(' ');

const ofSkill = ({ name, description, type, implementation: { kind, language, body }, usageCount, successCount }: Skill): string => [
  `Skill ${headed(name, description)}`, `(${type.toLowerCase().replaceAll('_', ' ')})`,
  `${kind === 'CODE' ? `Code${language === null ? '' : ` in ${folded(language)}`}` : 'Prompt'}: ${cut(folded(body), MAX_BODY)}`, usesOf(usageCount, successCount),
].filter((part) => part !== '').join(' ');

/** What it taught; where nobody said that, the steps that led to its end. */
const ofTrajectory = ({ task, outcome, steps, learningPoints }: Trajectory): string =>
  `Trajectory ${headed(task, ENDED[outcome])} ${learningPoints.length > 0 ? listed('Learnt', learningPoints) : stepsOf(steps)}`.trimEnd();

const headed = (name: string, description: string): string =>
  (folded(description) === '' ? `“${cut(folded(name), MAX_NAME)}”.` : `“${cut(folded(name), MAX_NAME)}”: ${ended(cut(folded(description), MAX_DESCRIPTION))}`);
const stepsOf = (steps: readonly { readonly action: string }[]): string =>
  (steps.length === 0 ? '' : `Steps: ${ended(cut(steps.map(({ action }, index) => `${index + 1}. ${folded(action)}`).join(', '), MAX_STEPS))}`);
const listed = (title: string, points: readonly string[]): string => (points.length === 0 ? '' : `${title}: ${ended(cut(points.map(folded).join('; '), MAX_POINTS))}`);
const usesOf = (uses: number, successes: number): string => (uses === 0 ? '' : `Went well ${successes} of ${uses} ${uses === 1 ? 'time' : 'times'}.`);
const ended = (text: string): string => (/[.!?…]$/u.test(text) ? text : `${text}.`);
