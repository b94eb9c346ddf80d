// Compiles the source roots into dist/ (roots kept), copies what is not TypeScript, and GraphiQL's five files.
// Made beside dist/ and put in its place when it is whole: programs that start or run meanwhile, and other builds, find all files.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const roots = ['src', 'graphql', 'workers', 'migrations', 'client-examples', 'bench', 'ormconfig.ts'];

// As deep as dist/, because source maps name their sources by relative paths.
const fresh = `dist.${process.pid}`;
/** Older ones are of builds that were killed. */
const LEFT_OVER_MS = 10 * 60_000;
for (const name of readdirSync('.')) {
  if (/^dist\.\d/.test(name) && Date.now() - (statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > LEFT_OVER_MS) rmSync(name, { recursive: true, force: true });
}
execFileSync(
  process.execPath,
  [require.resolve('@swc/cli/bin/swc.js'), ...roots, '-d', fresh, '--copy-files', '--quiet', '--ignore', '**/*.test.ts,**/*.browser.ts,**/*.slow.ts,**/*.production.ts,**/*.d.ts'],
  { stdio: 'inherit' },
);

const assets = {
  'graphiql/graphiql.min.js': 'graphiql.js',
  'graphiql/graphiql.min.css': 'graphiql.css',
  'react/umd/react.production.min.js': 'react.js',
  'react-dom/umd/react-dom.production.min.js': 'react-dom.js',
  'graphql-ws/umd/graphql-ws.min.js': 'graphql-ws.js',
};
mkdirSync(join(fresh, 'public'), { recursive: true });
for (const [from, to] of Object.entries(assets)) {
  const [name, ...rest] = from.split('/');
  cpSync(join(packageRoot(name), ...rest), join(fresh, 'public', to));
}

// Another build may take the place in between: then that one has to go.
for (let attempt = 0, placed = false; !placed; attempt += 1) {
  const old = `${fresh}.old${attempt}`;
  try {
    renameSync('dist', old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  try {
    renameSync(fresh, 'dist');
    placed = true;
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** The folder of an installed package, whatever its `exports` allow. */
function packageRoot(name) {
  return require.resolve.paths(name).map((dir) => join(dir, name)).find((dir) => {
    try { require('node:fs').accessSync(join(dir, 'package.json')); return true; } catch { return false; }
  }) ?? dirname(name);
}
