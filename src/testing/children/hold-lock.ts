// Takes a directory's lock, says `held` or why not, and keeps it until it is killed.
import { writeSync } from 'node:fs';
import { lockDirectory } from '../../storage/pglite/lock';

const [, , dataDir = ''] = process.argv;
lockDirectory(dataDir).then(
  () => {
    writeSync(1, 'held\n');
    setInterval(() => undefined, 60_000);
  },
  (error: unknown) => {
    writeSync(1, `${error instanceof Error ? error.message : String(error)}\n`);
  },
);
