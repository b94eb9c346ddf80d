/** One scrape: `name{label="value",…}` → value, labels in the order of their names. */
export interface Scrape {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: ReadonlyMap<string, number>;
  /** Distinct values of a label over all samples of a metric. */
  values(name: string, label: string): string[];
  /** Of exactly these labels; 0 when there is no such sample. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  /** Over all samples of the metric that have these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const SUFFIXES: Readonly<Record<string, RegExp>> = { histogram: /_(?:bucket|sum|count)$/, summary: /_(?:sum|count)$/ };

/** Prometheus' text format, read strictly: every line known, each family declared once before its samples, no sample twice. @throws Error with the line */
export function parseExposition(text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const samples: Sample[] = [];
  const byKey = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment !== null) declare(comment, types, helps);
    else {
      const sample = parseSample(line);
      const family = types.has(sample.name) ? sample.name : sample.name.replace(/_(?:bucket|sum|count)$/, '');
      const type = types.get(family);
      if (type === undefined || (family !== sample.name && SUFFIXES[type]?.test(sample.name) !== true)) throw new Error(`no type declared before: ${line}`);
      const key = keyOf(sample);
      if (byKey.has(key)) throw new Error(`twice: ${line}`);
      byKey.set(key, sample.value);
      samples.push(sample);
    }
  }
  const has = ({ labels }: Sample, wanted: Readonly<Record<string, string>>): boolean => Object.entries(wanted).every(([label, value]) => labels[label] === value);
  return {
    types,
    samples: byKey,
    values: (name, label) => [...new Set(samples.flatMap((sample) => (sample.name === name ? [sample.labels[label] ?? ''] : [])))].sort(),
    value: (name, labels = {}) => byKey.get(keyOf({ name, labels })) ?? 0,
    sum: (name, labels = {}) => samples.reduce((sum, sample) => (sample.name === name && has(sample, labels) ? sum + sample.value : sum), 0),
  };
}

function declare([line = '', kind, name = '', rest = '']: RegExpExecArray, types: Map<string, string>, helps: Set<string>): void {
  if (!NAME.test(name)) throw new Error(`not a name: ${line}`);
  if (kind === 'HELP') {
    if (helps.has(name)) throw new Error(`twice: ${line}`);
    helps.add(name);
    return;
  }
  if (types.has(name) || !/^(?:counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(`twice, or no type: ${line}`);
  types.set(name, rest);
}

function parseSample(line: string): Sample {
  const [, name = '', inner = '', number = ''] = SAMPLE.exec(line) ?? [];
  const value = /^[+-]?Inf$/.test(number) ? Infinity : Number(number);
  if (name === '' || number === '' || (Number.isNaN(value) && number !== 'Nan' && number !== 'NaN')) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let at = 0; at < inner.length;) {
    LABEL.lastIndex = at;
    const [found = '', label = '', text = ''] = LABEL.exec(inner) ?? [];
    if (found === '' || label in labels) throw new Error(`not labels: ${line}`);
    labels[label] = text;
    at += found.length;
  }
  return { name, labels, value };
}

const keyOf = ({ name, labels }: Pick<Sample, 'name' | 'labels'>): string => {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${pairs.join(',')}}`;
};
