import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { buildGraphQLSchema, printSchema } from '../../graphql/build-schema';
import { resolvers } from '../../graphql/resolvers';

/** `npm run schema` writes the contract; with `--check` it only compares, and exits with 1 when the code says otherwise. */
const file = resolve('graphql', 'schema.graphql');
const printed = printSchema(buildGraphQLSchema(resolvers));

if (process.argv.includes('--check')) {
  const stored = readStored();
  if (stored === printed) {
    process.stdout.write(`${relative('.', file)} is what the code says\n`);
  } else {
    process.stderr.write(`${relative('.', file)} differs from the code${firstDifference(stored, printed)}\nRun \`npm run schema\` and commit the file.\n`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, printed);
  process.stdout.write(`${relative('.', file)} written\n`);
}

function readStored(): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function firstDifference(stored: string, current: string): string {
  const before = stored.split('\n');
  const after = current.split('\n');
  const line = after.findIndex((text, index) => text !== before[index]);
  if (line === -1) return ` from line ${after.length} on: the file has more lines`;
  return `, first at line ${line + 1}:\n  file: ${before[line] ?? '(nothing)'}\n  code: ${after[line]}`;
}
