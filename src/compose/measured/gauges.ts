import type { Prometheus } from '../../platform/telemetry/prometheus';
import type { Database } from '../../storage/database';
import { MODES, type Circuits } from '../circuits';
import { readQueueStats } from '../../storage/job-stats';
import { poolState } from '../../storage/pool-state';

export function watchCircuits(prometheus: Prometheus, circuits: Circuits): void {
  prometheus.collect(['contextiq_circuit_open'], () =>
    circuits.all().map(({ part, name, isOpen }) => ({ name: 'contextiq_circuit_open', labels: { part, name }, value: isOpen() ? 1 : 0 })));
  prometheus.collect(['contextiq_mode'], () => {
    const now = circuits.modes();
    return MODES.map((mode) => ({ name: 'contextiq_mode', labels: { mode }, value: now.includes(mode) ? 1 : 0 }));
  });
}

/** What is read when somebody asks for it. */
export function watchDatabase(prometheus: Prometheus, database: Database): void {
  prometheus.collect(['contextiq_queue_jobs', 'contextiq_queue_oldest_due_seconds'], async () =>
    (await readQueueStats(database)).flatMap(({ queue, due, running, later, dead, oldestDueSeconds }) => [
      { name: 'contextiq_queue_jobs' as const, labels: { queue, state: 'due' }, value: due },
      { name: 'contextiq_queue_jobs' as const, labels: { queue, state: 'running' }, value: running },
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
