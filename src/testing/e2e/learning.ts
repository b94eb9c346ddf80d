import type { GeneratedTrajectory } from '../trajectories';
import type { ApiClient } from './client';
import { procedures } from './procedures';
import { until } from './until';

const AT_ONCE = 10;

/** Keeps them, their arguments and all; a failure says what it saw last. */
export async function keep(api: ApiClient, scope: object, trajectories: readonly Pick<GeneratedTrajectory, 'actions' | 'outcome'>[]): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < trajectories.length; from += AT_ONCE) {
    const made = await Promise.all(trajectories.slice(from, from + AT_ONCE).map(({ actions, outcome }) =>
      procedures.trajectory(api, scope, { task: 'Credit the customer', outcome, steps: actions.map((action) => ({ action, observation: outcome === 'FAILURE' ? 'the ledger was locked' : 'ok' })) })));
    ids.push(...made.map(({ id }) => id));
  }
  return ids;
}

/** Runs a distillation to its end. */
export async function distill(api: ApiClient, scope: object, options: { minSupport?: number } = {}) {
  const { distillProcedures: { id } } = await api.ask('mutation($scope: JSON!, $minSupport: Int) { distillProcedures(scope: $scope, minSupport: $minSupport) { id } }', { scope, ...options });
  const job = async () => (await api.ask('query($id: ID!) { distillationJob(id: $id) { status phase progress trajectories isLimited proposed error { code message } finishedAt } }', { id })).distillationJob;
  await until('the distillation has ended', async () => (await job()).finishedAt !== null, 60_000);
  return job();
}

const CANDIDATES = `query($scope: JSON!, $status: ProcedureCandidateStatus) { procedureCandidates(scope: $scope, status: $status) {
  id status support confidence describedBy reason updatedAt evidence { trajectoryId fromStep toStep outcome isWhole trajectory { outcome } }
  workflowDraft { name description steps { action } learningPoints warnings } skillDraft { type implementation { kind body } } workflow { id isLearned name } skill { id isLearned } } }`;
export const candidatesOf = async (api: ApiClient, scope: object, status?: string) => (await api.ask(CANDIDATES, { scope, status })).procedureCandidates;
