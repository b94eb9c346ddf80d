import type { Bench } from './support/report';
import { startGateway, withDirectory } from './support/server';

const RUNS = 5;

/** From the start of the process until it is ready, on an empty directory and on one that it knows; and the memory it then takes. */
export async function startup(bench: Bench): Promise<void> {
  const firsts: number[] = [];
  const reopened: number[] = [];
  const resident: number[] = [];
  const runs = bench.isQuick ? 1 : RUNS;
  for (let run = 0; run < runs; run += 1) {
    bench.progress(`run ${run + 1} of ${runs}`);
    await withDirectory(async (directory) => {
      for (const times of [firsts, reopened]) {
        const gateway = await startGateway(directory);
        times.push(gateway.readyMs);
        if (times === reopened) resident.push((await gateway.usage()).residentBytes / 2 ** 20);
        await gateway.stop();
      }
    });
  }
  bench.figure({ metric: 'first start until ready, median', value: median(firsts), unit: 'ms', n: runs });
  bench.figure({ metric: 'later start until ready, median', value: median(reopened), unit: 'ms', n: runs });
  bench.figure({ metric: 'resident memory when ready, median', value: median(resident), unit: 'MiB', n: runs });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
