// Compiles the source roots into dist/ (roots kept), copies what is not TypeScript, and GraphiQL's five files.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const roots = ['src', 'graphql', 'workers', 'migrations', 'client-examples', 'bench', 'ormconfig.ts'];

rmSync('dist', { recursive: true, force: true });
execFileSync(
  process.execPath,
  [require.resolve('@swc/cli/bin/swc.js'), ...roots, '-d', 'dist', '--copy-files', '--quiet', '--ignore', '**/*.test.ts,**/*.browser.ts,**/*.slow.ts,**/*.production.ts,**/*.d.ts'],
  { stdio: 'inherit' },
);

const assets = {
  'graphiql/graphiql.min.js': 'graphiql.js',
  'graphiql/graphiql.min.css': 'graphiql.css',
  'react/umd/react.production.min.js': 'react.js',
  'react-dom/umd/react-dom.production.min.js': 'react-dom.js',
  'graphql-ws/umd/graphql-ws.min.js': 'graphql-ws.js',
};
mkdirSync('dist/public', { recursive: true });
for (const [from, to] of Object.entries(assets)) {
  const [name, ...rest] = from.split('/');
  cpSync(join(packageRoot(name), ...rest), join('dist/public', to));
}

/** The folder of an installed package, whatever its `exports` allow. */
function packageRoot(name) {
  return require.resolve.paths(name).map((dir) => join(dir, name)).find((dir) => {
    try { require('node:fs').accessSync(join(dir, 'package.json')); return true; } catch { return false; }
  }) ?? dirname(name);
}
