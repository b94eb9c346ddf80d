import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fillBlocks, type Filled } from './docs/blocks';
import { documentParts, DOCUMENTS } from './docs/parts';

/** `npm run docs` writes the generated parts of the documents; with `--check` it only compares, and exits with 1 when the code says otherwise. */
const root = resolve('.');
const parts = documentParts(root);

function filled(document: string): Filled {
  try {
    return fillBlocks(readFileSync(resolve(root, document), 'utf8'), parts);
  } catch (error) {
    throw new Error(`${document}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function main(isCheck: boolean): void {
  const documents = DOCUMENTS.map((name) => ({ name, ...filled(name) }));
  const homeless = parts.filter((part) => !documents.some(({ shown }) => shown.includes(part)));
  if (homeless.length > 0) throw new Error(`no document has a place for: ${homeless.map(({ name }) => name).join(', ')}`);
  const stale = documents.flatMap(({ name, stale: old }) => old.map((part) => `${name}: “${part.name}” differs from ${part.source}`));
  if (stale.length === 0) process.stdout.write('the documents are what the code says\n');
  else if (isCheck) throw new Error(`${stale.join('\n')}\nRun \`npm run docs\` and commit the files.`);
  for (const { name, text, stale: old } of isCheck ? [] : documents) {
    if (old.length === 0) continue;
    writeFileSync(resolve(root, name), text);
    process.stdout.write(`${name} written: ${old.map((part) => part.name).join(', ')}\n`);
  }
}

try {
  main(process.argv.includes('--check'));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
