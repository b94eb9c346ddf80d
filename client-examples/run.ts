import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run example -- NAME [arguments]`. */
const names = readdirSync(__dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const name = process.argv[2];
if (name === undefined || !names.includes(name)) {
  console.error(`Which one? npm run example -- ${names.join(' | ')}`);
  process.exitCode = 1;
} else {
  process.argv.splice(2, 1);
  void import(join(__dirname, name, 'main'));
}
