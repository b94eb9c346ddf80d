import { reasonOf } from '../src/domain/generation/failure';
import type { ImportPhase } from '../src/domain/transfer/import.phase';
import type { HandlerMap } from './job-handler';
import { workerOf } from './worker-of';

export const transferHandlers = ({ imports }: { readonly imports: ImportPhase }): Pick<HandlerMap, 'data.import'> => ({
  'data.import': {
    run: ({ tenantId, importId }, signal) => imports.run(workerOf(tenantId), importId, signal),
    abandon: ({ tenantId, importId }, error) => imports.fail(workerOf(tenantId), importId, reasonOf(error).message),
  },
});
