import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { VERSION } from '../kernel/version';
import { compareWithReleased, releasedHeader } from './released/breaking';

/** Compares the schema with the one that was released last; with `--release` the current one becomes that. */
const file = resolve('graphql', 'released.graphql');
const name = relative('.', file);
const current = readFileSync(resolve('graphql', 'schema.graphql'), 'utf8');

async function check(): Promise<void> {
  const { breaking, allowed, releasedVersion } = await compareWithReleased(readFileSync(file, 'utf8'), current, VERSION);
  const list = breaking.map((change) => `  - ${change}\n`).join('');
  if (breaking.length === 0) process.stdout.write(`nothing that ${releasedVersion} offered is gone\n`);
  else if (allowed) process.stdout.write(`${VERSION} may break documents written for ${releasedVersion}, and does:\n${list}`);
  else {
    process.stderr.write(`documents written for ${releasedVersion} would break:\n${list}Keep what was there and deprecate it, or raise the ${releasedVersion.startsWith('0.') ? 'minor' : 'major'} version.\n`);
    process.exitCode = 1;
  }
}

if (process.argv.includes('--release')) {
  writeFileSync(file, releasedHeader(VERSION) + current);
  process.stdout.write(`${name} is the schema of ${VERSION}\n`);
} else {
  void check();
}
