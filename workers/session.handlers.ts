import type { SummaryPhase } from '../src/domain/summary/summary.phase';
import type { HandlerMap } from './job-handler';
import { workerOf } from './worker-of';

export interface SessionPhases {
  readonly summary: SummaryPhase;
}

export const sessionHandlers = ({ summary }: SessionPhases): Pick<HandlerMap, 'session.summary'> => ({
  'session.summary': {
    run: ({ tenantId, sessionId }, signal) => summary.run(workerOf(tenantId), sessionId, signal),
    /** The session goes on without: its next events ask again. */
    abandon: async () => undefined,
  },
});
