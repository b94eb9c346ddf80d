import type { Prometheus } from '../../platform/telemetry/prometheus';
import type { Database } from '../../storage/database';
import { readQueueStats } from '../../storage/job-stats';
import { poolState } from '../../storage/pool-state';

/** What is read when somebody asks for it. */
export function watchDatabase(prometheus: Prometheus, database: Database): void {
  prometheus.collect(['contextiq_queue_jobs', 'contextiq_queue_oldest_due_seconds'], async () =>
    (await readQueueStats(database)).flatMap(({ queue, due, later, dead, oldestDueSeconds }) => [
      { name: 'contextiq_queue_jobs' as const, labels: { queue, state: 'due' }, value: due },
      { name: 'contextiq_queue_jobs' as const, labels: { queue, state: 'later' }, value: later },
      { name: 'contextiq_queue_jobs' as const, labels: { queue, state: 'dead' }, value: dead },
      { name: 'contextiq_queue_oldest_due_seconds' as const, labels: { queue }, value: oldestDueSeconds },
    ]));
  prometheus.collect(['contextiq_database_connections', 'contextiq_database_waiting'], () => {
    const { busy, idle, waiting } = poolState(database);
    return [
      { name: 'contextiq_database_connections', labels: { state: 'busy' }, value: busy },
      { name: 'contextiq_database_connections', labels: { state: 'idle' }, value: idle },
      { name: 'contextiq_database_waiting', labels: {}, value: waiting },
    ];
  });
}
