import type { RemotePhase } from '../src/domain/agent/remote.phase';
import type { HandlerMap } from './job-handler';
import { workerOf } from './worker-of';

export interface AgentPhases {
  readonly remote: RemotePhase;
}

export const agentHandlers = ({ remote }: AgentPhases): Pick<HandlerMap, 'a2a.delivery' | 'a2a.cancellation' | 'agent.card'> => ({
  'a2a.delivery': {
    run: ({ tenantId, messageId }, signal) => remote.deliver(workerOf(tenantId), messageId, signal),
    abandon: ({ tenantId, messageId }, error) => remote.fail(workerOf(tenantId), messageId, error),
  },
  'a2a.cancellation': {
    run: ({ tenantId, taskId }, signal) => remote.cancel(workerOf(tenantId), taskId, signal),
    /** The task is canceled here whatever the agent does; the dead letter tells. */
    abandon: async () => undefined,
  },
  'agent.card': {
    run: ({ tenantId, agentId }, signal) => remote.look(workerOf(tenantId), agentId, signal),
    /** The sweepers ask again. */
    abandon: async () => undefined,
  },
});
