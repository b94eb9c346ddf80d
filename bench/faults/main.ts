import { randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withSeed } from '../../src/testing/e2e/random';
import { faultRun } from './run';

/** `npm run bench:faults -- [--faults 200] [--seed S] [--seconds 1800] [--log FILE]`: the report as JSON on stdout, the rest on stderr. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { faults: { type: 'string', default: '200' }, seed: { type: 'string' }, seconds: { type: 'string', default: '1800' }, log: { type: 'string' } } });
  const [count, bound, seed] = [Number(values.faults), Number(values.seconds), Number(values.seed ?? randomInt(2 ** 31))];
  if (!Number.isInteger(count) || count < 1 || count > 10_000 || !(bound > 0) || !Number.isInteger(seed)) {
    throw new Error('usage: npm run bench:faults -- [--faults 200] [--seed S] [--seconds 1800] [--log FILE]');
  }
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  const tell = (line: string): void => { process.stderr.write(`${seconds()} s: ${line}\n`); };
  const log = (line: string): void => { if (values.log !== undefined) appendFileSync(values.log, `${line}\n`); };
  tell(`seed ${seed}`);
  await withSeed(async (random) => {
    const report = await faultRun({ count, boundMs: bound * 1000 }, random, tell, (line) => { log(line); });
    process.stdout.write(`${JSON.stringify({ seed, ...report, seconds: seconds() })}\n`);
  }, seed);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
