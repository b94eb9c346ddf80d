import { createInProcessBus } from '../bus/in-process.bus';
import { adminOf } from '../../testing/actors';
import { openTestDatabase, silentLogger } from '../../testing/database';
import { createJobLedger } from '../../storage/job-ledger';
import { createJobOutbox } from '../../storage/job-outbox';
import { createJobStore } from '../../storage/job.store';
import { planned } from '../../storage/sql';
import { jobQueueContract } from './queue.contract';
import { createTableJobQueue } from './table.queue';

jobQueueContract(async () => {
  const database = await openTestDatabase();
  const bus = createInProcessBus();
  return {
    queue: createTableJobQueue({ ledger: createJobLedger(database), bus, logger: silentLogger }),
    actor: adminOf('default'),
    transact: (work) => database.transact((tx) => work(createJobOutbox(tx, bus))),
    async expireLease(jobId) {
      await database.query(planned('test', 'update jobs set run_at = now() where id = $1'), [jobId]);
    },
    async revoke(jobId) {
      await createJobStore(database, bus).remove(adminOf('default'), jobId);
    },
    offered: () => Promise.resolve(),
    dead: () => database.query(planned('test', 'select id, last_error as error from jobs where dead_at is not null'), []),
    close: () => database.close(),
  };
});
