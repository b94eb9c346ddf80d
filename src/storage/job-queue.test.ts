import { createInProcessBus } from '../platform/bus/in-process.bus';
import { jobQueueContract } from '../platform/queue/queue.contract';
import { adminOf } from '../testing/actors';
import { openTestDatabase, silentLogger } from '../testing/database';
import { createJobOutbox, createTableJobQueue } from './job-queue';
import { planned } from './sql';

jobQueueContract(async () => {
  const database = await openTestDatabase();
  const bus = createInProcessBus();
  return {
    queue: createTableJobQueue({ sql: database, bus, logger: silentLogger }),
    actor: adminOf('default'),
    transact: (work) => database.transact((tx) => work(createJobOutbox(tx, bus))),
    async expireLease(jobId) {
      await database.query(planned('test', 'update jobs set run_at = now() where id = $1'), [jobId]);
    },
    dead: () => database.query(planned('test', 'select id, last_error as error from jobs where dead_at is not null'), []),
    close: () => database.close(),
  };
});
