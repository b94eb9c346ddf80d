import { availableParallelism } from 'node:os';
import type { Gateways } from './gateways';

/** One figure. `ratio` is `value` over the same figure of the bare limit named in `to`, measured in the same run. */
export interface Figure {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** How many requests, events or runs it comes from. */
  readonly n: number;
  readonly bare?: { readonly value: number; readonly to: string };
}

export interface Bench extends Pick<Gateways, 'use'> {
  /** A run of seconds that only shows that everything works. */
  readonly isQuick: boolean;
  figure(figure: Figure): void;
  /** On stderr. */
  progress(message: string): void;
}

export const createBench = (subject: string, isQuick: boolean, { use }: Gateways): Bench => ({
  isQuick,
  use,
  figure({ metric, value, unit, n, bare }) {
    const line = {
      subject, metric, value: rounded(value), unit, ...(bare === undefined ? {} : { ratio: rounded(value / bare.value), to: bare.to }),
      n, node: process.version, cpus: availableParallelism(), date: new Date().toISOString(),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  },
  progress(message) { process.stderr.write(`${subject}: ${message}\n`); },
});

/** Three digits that mean something. */
const rounded = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
