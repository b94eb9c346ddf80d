import type { ForgettingPhase } from '../src/domain/forgetting/forgetting.phase';
import { reasonOf } from '../src/domain/generation/failure';
import type { HandlerMap } from './job-handler';
import { workerOf } from './worker-of';

export const forgettingHandlers = ({ forgetting }: { readonly forgetting: ForgettingPhase }): Pick<HandlerMap, 'data.forgetting'> => ({
  'data.forgetting': {
    run: ({ tenantId, forgettingId }, signal) => forgetting.run(workerOf(tenantId), forgettingId, signal),
    abandon: ({ tenantId, forgettingId }, error) => forgetting.fail(workerOf(tenantId), forgettingId, reasonOf(error).message),
  },
});
