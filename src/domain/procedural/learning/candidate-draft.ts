import { actionToken, bareAction, isCall } from '../action-token';
import type { SkillContent, SkillType, Trajectory, WorkflowContent, WorkflowStep } from '../procedure';
import { spaced } from '../procedure-text';
import { nearestOccurrence } from './alignment';
import type { CandidateContent, CandidateEvidence } from './distillation';
import type { Pattern } from './mining';

const MAX_EVIDENCE = 200;
const MAX_WARNINGS = 10;
const MAX_POINTS = 5;
const MAX_QUOTE = 200;
const MAX_NAME = 200;
const COORDINATION = /\b(?:agent|delegate|hand ?off|transfer|message|coordinate)/i;

/** A pattern with the trajectories that it was seen in, by id. */
export interface Seen {
  readonly pattern: Pattern;
  readonly trajectories: ReadonlyMap<string, Trajectory>;
}

/** A failure that began as the pattern does. */
interface Failure {
  readonly trajectory: Trajectory;
  readonly evidence: CandidateEvidence;
  /** Steps of the pattern that it went along. */
  readonly followed: number;
}

/** What the steps say by themselves: names, descriptions, learning points and warnings without a model. */
export function draftCandidate({ pattern, trajectories }: Seen): { content: CandidateContent; evidence: readonly CandidateEvidence[] } {
  const whole = pattern.evidence.map(({ id, outcome, occurrence }): CandidateEvidence =>
    ({ trajectoryId: id, fromStep: occurrence.from, toStep: occurrence.to, outcome, isWhole: true }));
  const failures = failuresOf(pattern, trajectories);
  const seen = new Set(whole.map(({ trajectoryId }) => trajectoryId));
  const begun = failures.flatMap(({ evidence }) => (seen.has(evidence.trajectoryId) ? [] : [evidence]));
  const good = pattern.evidence.flatMap(({ id, outcome }) => (outcome === 'SUCCESS' ? (trajectories.get(id) ?? []) : []));
  const steps = pattern.tokens.map((token) => stepOf(token, good));
  const name = nameOf(steps, good);
  const description = descriptionOf(pattern, good);
  const workflow: WorkflowContent = { name, description, steps, successMetrics: [], learningPoints: learningPointsOf(pattern, steps, good), warnings: warningsOf(failures, pattern, steps) };
  return { content: { workflow, skill: skillOf(workflow, good, pattern) }, evidence: [...whole, ...begun].slice(0, MAX_EVIDENCE) };
}

/** As its trajectories most often write it, and most often explain it. */
function stepOf(token: string, good: readonly Trajectory[]): WorkflowStep {
  const steps = good.flatMap(({ steps }) => steps.filter(({ action }) => actionToken(action) === token));
  const [reasoning, times] = mostCommon(steps.flatMap(({ thought }) => thought ?? []));
  return { action: mostCommon(steps.map(({ action }) => bareAction(action)))[0] ?? token, reasoning: times >= 2 ? reasoning : null, inputSchema: null, outputSchema: null };
}

function nameOf(steps: readonly WorkflowStep[], good: readonly Trajectory[]): string {
  const [task, times] = mostCommon(good.map((trajectory) => trajectory.task));
  if (task !== null && times * 2 >= good.length) return sentence(task.slice(0, MAX_NAME).toWellFormed());
  const [first, last] = [steps[0]?.action ?? '', steps.at(-1)?.action ?? ''];
  return sentence(`${spaced(first)} to ${spaced(last)}`.slice(0, MAX_NAME).toWellFormed());
}

function descriptionOf({ support, confidence }: Pattern, good: readonly Trajectory[]): string {
  const [task] = mostCommon(good.map((trajectory) => trajectory.task));
  const of = task === null ? '' : `, for tasks like “${quoted(task)}”`;
  return `Learnt from ${support} successful trajectories${of}. Of those that went this way ${Math.round(confidence * 100)} % succeeded.`;
}

function learningPointsOf({ evidence }: Pattern, steps: readonly WorkflowStep[], good: readonly Trajectory[]): string[] {
  const counted = evidence.filter(({ outcome }) => outcome === 'SUCCESS');
  const skipped = steps.flatMap(({ action }, step) => {
    const times = counted.filter(({ occurrence }) => occurrence.present[step] !== true).length;
    return times === 0 ? [] : [`“${spaced(action)}” was left out or done otherwise in ${times} of ${counted.length} successes.`];
  });
  const stated = ranked(good.flatMap(({ learningPoints }) => learningPoints)).filter(([, times]) => times >= 2).map(([point]) => point);
  return [...stated.slice(0, MAX_POINTS), ...skipped.slice(0, MAX_POINTS)];
}

function failuresOf({ tokens, evidence }: Pattern, trajectories: ReadonlyMap<string, Trajectory>): Failure[] {
  const whole = new Map(evidence.map(({ id, occurrence }) => [id, occurrence]));
  return [...trajectories.values()].filter(({ outcome }) => outcome === 'FAILURE').flatMap((trajectory): Failure[] => {
    const { id: trajectoryId, outcome } = trajectory;
    const known = whole.get(trajectoryId);
    if (known !== undefined) return [{ trajectory, followed: tokens.length, evidence: { trajectoryId, outcome, fromStep: known.from, toStep: known.to, isWhole: true } }];
    const sequence = trajectory.steps.map(({ action }) => actionToken(action));
    for (let followed = tokens.length - 1; followed >= Math.max(2, Math.ceil(tokens.length / 2)); followed -= 1) {
      const begun = nearestOccurrence(tokens.slice(0, followed), sequence, 1);
      if (begun !== null) return [{ trajectory, followed, evidence: { trajectoryId, outcome, fromStep: begun.from, toStep: begun.to, isWhole: false } }];
    }
    return [];
  });
}

function warningsOf(failures: readonly Failure[], { tokens }: Pattern, steps: readonly WorkflowStep[]): string[] {
  const groups = new Map<string, { text: string; times: number; quote: string | null }>();
  for (const { trajectory, followed, evidence } of failures) {
    const last = spaced(steps[followed - 1]?.action ?? '');
    const after = trajectory.steps[evidence.toStep + 1];
    const text = followed === tokens.length
      ? 'It failed although every step was taken'
      : `After “${last}” it failed ${after === undefined ? 'at once' : `with “${spaced(bareAction(after.action))}” instead of “${spaced(steps[followed]?.action ?? '')}”`}`;
    const group = groups.get(text) ?? { text, times: 0, quote: null };
    group.times += 1;
    group.quote ??= trajectory.steps.at(-1)?.observation ?? null;
    groups.set(text, group);
  }
  return [...groups.values()]
    .sort((a, b) => b.times - a.times || (a.text < b.text ? -1 : 1))
    .slice(0, MAX_WARNINGS)
    .map(({ text, times, quote }) => `${text} (${times === 1 ? 'once' : `${times} times`})${quote === null ? '' : `: “${quoted(quote)}”`}.`);
}

/** A pattern of tools or of agents working together is a skill too: how to do it, as a template. */
function skillOf({ name, description, steps, warnings }: WorkflowContent, good: readonly Trajectory[], { tokens }: Pattern): SkillContent | null {
  const wanted = new Set(tokens);
  const actions = good.flatMap((trajectory) => trajectory.steps.map(({ action }) => action)).filter((action) => wanted.has(actionToken(action)));
  const type: SkillType | null = actions.some((action) => COORDINATION.test(spaced(bareAction(action)))) ? 'COORDINATION' : actions.every(isCall) ? 'TOOL_USAGE' : null;
  if (type === null) return null;
  const body = [`To do: {{task}}`, ...steps.map(({ action }, index) => `${index + 1}. ${action}`), ...warnings.map((warning) => `Beware: ${warning}`)].join('\n');
  return { name, description, type, implementation: { kind: 'PROMPT_TEMPLATE', language: null, body } };
}

const quoted = (text: string): string => (text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE).toWellFormed()}…` : text);
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** With how often each comes, most often first. */
function ranked(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
const mostCommon = (texts: readonly string[]): [string | null, number] => ranked(texts)[0] ?? [null, 0];
