import { parseArgs } from 'node:util';
import { JOB_NAMES, isJobName, type JobName } from '../src/jobs/jobs';

export interface WorkerArguments {
  readonly names: readonly JobName[];
  readonly concurrency: number;
  /** Where health is answered; null: nowhere. */
  readonly port: number | null;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `usage: npm run worker -- [--queues ${JOB_NAMES.join(',')}] [--concurrency 4] [--port 4001]`;

/** @throws UsageError naming the option at fault */
export function parseWorkerArguments(args: readonly string[]): WorkerArguments {
  const { queues, concurrency, port } = optionsOf(args);
  const names = (queues ?? JOB_NAMES.join(',')).split(',').map((name) => name.trim());
  return {
    names: [...new Set(names.map(requireName))],
    concurrency: whole('--concurrency', concurrency ?? '4', 1, 64),
    port: port === undefined ? null : whole('--port', port, 0, 65_535),
  };
}

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { queues: { type: 'string' }, concurrency: { type: 'string' }, port: { type: 'string' } } }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function requireName(name: string): JobName {
  if (!isJobName(name)) throw new UsageError(`--queues: no job is called ${JSON.stringify(name)}; there are ${JOB_NAMES.join(', ')}\n${USAGE}`);
  return name;
}

function whole(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new UsageError(`${option}: a whole number from ${min} to ${max}\n${USAGE}`);
  return value;
}
