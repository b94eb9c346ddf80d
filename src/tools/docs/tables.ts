import { PROVIDER_NAMES, PROVIDERS, type Provider } from '../../config/providers';
import { VARIABLES } from '../../config/schema';
import { JOBS } from '../../jobs/jobs';
import { METRICS, type MetricDeclaration } from '../../kernel/metrics';

/** Every variable with its default; an example where the default is empty or says little. */
export const environmentTable = (): string =>
  table(['variable', 'default', 'what it does', 'example'], VARIABLES.map(({ name, default: value, description, example }) =>
    [code(name), value === '' ? 'empty' : value.startsWith('the value of') ? value : code(value), description, code(example)]));

/** Every job with what its payload names and how often it is tried. */
export const jobTable = (): string =>
  table(['job', 'payload', 'tries', 'what it does'], Object.entries(JOBS).map(([name, { payload, attempts, description }]) =>
    [code(name), Object.keys(payload.shape).map(code).join(', '), String(attempts), description]));

/** Every metric with what it counts. */
export const metricsTable = (): string =>
  table(['metric', 'type', 'unit', 'labels', 'what it says'], Object.entries<MetricDeclaration>(METRICS).map(([name, { type, unit, labels, help }]) =>
    [code(name), type, unit, labels.map(code).join(', '), help]));

/** Every provider that a model may be named after. */
export const providerTable = (): string =>
  table(['provider', 'key', 'address', 'structure by', 'embeddings', 'example'], PROVIDER_NAMES.map((name) => {
    const { keyVariable, needsKey, urlVariable, url, structuredOutput, embeddings, example }: Provider = PROVIDERS[name];
    return [
      code(name), `${code(keyVariable)}${needsKey ? '' : ', if any'}`, `${code(urlVariable)}: ${url === null ? 'to be given' : code(url)}`,
      code(structuredOutput), embeddings ? 'yes' : 'no', code(example),
    ];
  }));

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
