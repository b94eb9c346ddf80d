// @ts-check
'use strict';
// `node run-ts.cjs script.ts args…`: runs TypeScript in a child process, compiled in memory with the project's settings.
const fs = require('node:fs');
const path = require('node:path');
const { transformSync } = require('@swc/core');

const script = process.argv[2];
if (script === undefined) throw new Error('usage: node run-ts.cjs script.ts args…');
/** @type {import('@swc/core').Options} */
const settings = JSON.parse(fs.readFileSync(path.join(__dirname, '../../.swcrc'), 'utf8'));

require.extensions['.ts'] = (/** @type {NodeJS.Module} */ module, /** @type {string} */ filename) => {
  const { code } = transformSync(fs.readFileSync(filename, 'utf8'), { ...settings, swcrc: false, sourceMaps: 'inline', filename });
  /** @type {NodeJS.Module & { _compile(code: string, filename: string): void }} */ (module)._compile(code, filename);
};
process.argv.splice(1, 1);
require(path.resolve(script));
