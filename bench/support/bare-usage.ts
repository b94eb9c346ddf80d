import type { ServerResponse } from 'node:http';

/** What a bare server shows of itself, under the names that a gateway uses. */
export function showUsage(response: ServerResponse): void {
  const { user, system } = process.cpuUsage();
  response.end(`process_cpu_seconds_total ${(user + system) / 1e6}\nprocess_resident_memory_bytes ${process.memoryUsage.rss()}\n`);
}
