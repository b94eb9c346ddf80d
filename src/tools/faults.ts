import { killRun } from '../testing/e2e/kill-run';
import { withDataDir } from '../testing/e2e/process';
import { withSeed } from '../testing/e2e/random';

/** `npm run faults -- [kills] [seed]`: fifty kills unless told otherwise; a failure names the seed that repeats it. */
async function main(): Promise<void> {
  const [kills, seed] = process.argv.slice(2).map(Number);
  const started = performance.now();
  await withSeed((random) => withDataDir(async (dataDir) => {
    const report = await killRun(dataDir, kills ?? 50, random, (line) => { console.log(line); });
    console.log(`nothing lost, nothing doubled: ${JSON.stringify(report)} in ${Math.round((performance.now() - started) / 1000)} s`);
  }), seed);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
