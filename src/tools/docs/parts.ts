import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { Part } from './blocks';
import { floorDiagram, Rules } from './floors';
import { environmentTable, jobTable, metricsTable, providerTable } from './tables';

/** Documents with generated parts, from the root of the project. */
export const DOCUMENTS = ['README.md', 'docs/architecture.md', 'docs/metrics.md'] as const;

/** Everything that documents show of the code; `root` is the project's folder. */
export function documentParts(root: string): readonly Part[] {
  const config: unknown = createRequire(resolve(root, 'package.json'))('./.dependency-cruiser.cjs');
  return [
    { name: 'environment', source: 'src/config/schema.ts', text: environmentTable() },
    { name: 'providers', source: 'src/config/providers.ts', text: providerTable() },
    { name: 'jobs', source: 'src/jobs/jobs.ts', text: jobTable() },
    { name: 'metrics', source: 'src/kernel/metrics.ts', text: metricsTable() },
    { name: 'floors', source: '.dependency-cruiser.cjs', text: floorDiagram(Rules.parse(config)) },
  ];
}
