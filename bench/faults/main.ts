import { randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withSeed } from '../../src/testing/e2e/random';
import { faultRun } from './run';

/** `npm run bench:faults -- [--faults 200] [--seed S] [--log FILE]`: the report as JSON on stdout, the rest on stderr. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { faults: { type: 'string', default: '200' }, seed: { type: 'string' }, log: { type: 'string' } } });
  const [count, seed] = [Number(values.faults), Number(values.seed ?? randomInt(2 ** 31))];
  if (!Number.isInteger(count) || count < 1 || count > 10_000 || !Number.isInteger(seed)) throw new Error('usage: npm run bench:faults -- [--faults 200] [--seed S] [--log FILE]');
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  const tell = (line: string): void => { process.stderr.write(`${seconds()} s: ${line}\n`); };
  const log = (line: string): void => { if (values.log !== undefined) appendFileSync(values.log, `${line}\n`); };
  tell(`seed ${seed}`);
  await withSeed(async (random) => {
    const report = await faultRun(count, random, tell, (line) => { log(line); });
    process.stdout.write(`${JSON.stringify({ seed, ...report, seconds: seconds() })}\n`);
  }, seed);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
