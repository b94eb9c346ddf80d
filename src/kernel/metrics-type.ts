import type { METRICS } from './metrics';

type Declared = typeof METRICS;
export type MetricName<Type extends string = string> = { [Name in keyof Declared]: Declared[Name]['type'] extends Type ? Name : never }[keyof Declared];
export type MetricLabels<Name extends MetricName> = Readonly<Record<Declared[Name]['labels'][number], string>>;

/** What the floors need of a monitoring system. Cheap, and never throws. */
export interface Metrics {
  /** Counters grow; a gauge may take a negative step. */
  add<Name extends MetricName<'counter' | 'gauge'>>(name: Name, labels: MetricLabels<Name>, by?: number): void;
  observe<Name extends MetricName<'histogram'>>(name: Name, labels: MetricLabels<Name>, value: number): void;
}

/** For whoever measures nothing. */
export const noMetrics: Metrics = { add: () => undefined, observe: () => undefined };
