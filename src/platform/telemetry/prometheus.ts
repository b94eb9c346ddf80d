import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricDeclaration } from '../../kernel/metrics';
import type { MetricLabels, MetricName, Metrics } from '../../kernel/metrics-type';

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

type Reading = { [Name in MetricName<'gauge'>]: { readonly name: Name; readonly labels: MetricLabels<Name>; readonly value: number } }[MetricName<'gauge'>];

export interface Prometheus extends Metrics {
  /**
   * Gauges that are read when somebody asks, at most every 3 s. A reading that fails or takes over a second leaves its
   * gauges out of the answer: no figure rather than an old one.
   */
  collect(names: readonly MetricName<'gauge'>[], read: () => Promise<readonly Reading[]> | readonly Reading[]): void;
  /** Prometheus' text format 0.0.4. */
  expose(): Promise<Exposition>;
}

const FRESH_MS = 3000;
const READ_LIMIT_MS = 1000;
/** Labels are closed lists; should one not be, it cannot fill the memory. */
const MAX_VALUES = 200;

const BUCKETS: Partial<Readonly<Record<MetricDeclaration['unit'], number[]>>> = {
  seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  tokens: [100, 250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000],
  events: [1, 2, 5, 10, 20, 50, 100, 200, 500],
};

/** All declared metrics and the process' own (CPU, memory, event loop, garbage collection), in a registry of this gateway. */
export function createPrometheus(): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const [name, { type, help, labels, unit }] of Object.entries<MetricDeclaration>(METRICS)) {
    const common = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') counters.set(name, new Counter(common));
    else if (type === 'gauge') gauges.set(name, new Gauge(common));
    else histograms.set(name, new Histogram({ ...common, buckets: BUCKETS[unit] ?? [] }));
  }
  const bound = boundedLabels();
  const refreshes: (() => Promise<void>)[] = [];

  return {
    add(name, labels, by = 1) {
      (counters.get(name) ?? gauges.get(name))?.inc(bound(name, labels), by);
    },
    observe(name, labels, value) {
      histograms.get(name)?.observe(bound(name, labels), value);
    },
    collect(names, read) {
      let readAt = -Infinity;
      const refresh = async (): Promise<void> => {
        if (performance.now() - readAt < FRESH_MS) return;
        const readings = await within(READ_LIMIT_MS, read).catch(() => null);
        for (const name of names) {
          gauges.get(name)?.reset();
          gauges.get(name)?.remove({}); // a gauge without labels is reset to 0, which is a figure too
        }
        for (const { name, labels, value } of readings ?? []) gauges.get(name)?.set(bound(name, labels), value);
        if (readings !== null) readAt = performance.now();
      };
      let refreshing: Promise<void> | null = null;
      refreshes.push(() => (refreshing ??= refresh().finally(() => { refreshing = null; })));
    },
    async expose() {
      await Promise.all(refreshes.map((refresh) => refresh()));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

async function within<T>(limitMs: number, work: () => Promise<T> | T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error('too late')), limitMs); });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first 200 values of a label stand for themselves, later ones are `other`. */
function boundedLabels() {
  const seen = new Map<string, Map<string, Set<string>>>();
  const isKnown = (values: Set<string>, value: string): boolean => values.has(value) || (values.size < MAX_VALUES && values.add(value).has(value));
  return (name: string, labels: Readonly<Record<string, string>>): Record<string, string> => {
    let own = seen.get(name);
    if (own === undefined) seen.set(name, own = new Map<string, Set<string>>());
    const bounded: Record<string, string> = {};
    for (const label in labels) {
      let values = own.get(label);
      if (values === undefined) own.set(label, values = new Set<string>());
      const value = labels[label] ?? '';
      bounded[label] = isKnown(values, value) ? value : 'other';
    }
    return bounded;
  };
}
