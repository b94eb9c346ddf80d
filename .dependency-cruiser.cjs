// @ts-check
// The floors: imports go down only. Type imports count like any other. Each rule says what a floor may use.

const test = '\\.(test|browser|production|slow)\\.ts$';
const outside = '^(src/(testing|tools)|client-examples|bench)/|^ormconfig\\.ts$';
const ours = '^(src|graphql|workers|migrations|client-examples|bench)/|^ormconfig\\.ts$';
const port = '^src/platform/[^/]+/[^/]*port\\.ts$';

/** @param {string[]} names */
const packages = (names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)|^(${names.join('|')})(/|$)`;

/**
 * A floor may use itself and what it is given; tests may use anything.
 * @param {string} name
 * @param {string} from
 * @param {string[]} allowed
 * @param {string} [except]
 */
const floor = (name, from, allowed, except) => ({
  name,
  severity: 'error',
  comment: `${name} may use only itself, ${allowed.join(', ') || 'nothing'}`,
  from: { path: from, pathNot: except === undefined ? [test] : [test, except] },
  to: { path: ours, pathNot: [from, ...allowed] },
});

/**
 * A vendor's packages have one home, so that replacing the vendor touches one folder.
 * @param {string} name
 * @param {string[]} names
 * @param {string[]} homes
 */
const vendor = (name, names, homes) => ({
  name,
  severity: 'error',
  comment: `${names.join(', ')}: only in ${homes.join(', ')}`,
  from: { path: ours, pathNot: [test, outside, ...homes] },
  to: { path: packages(names), pathNot: [ours] },
});

/**
 * Doors know the application by its type alone: main.ts hands them the built one.
 * @param {string} name
 * @param {string} from
 */
const typeOfAppOnly = (name, from) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: [test, '^workers/main\\.ts$'] },
  to: { path: '^src/compose/', dependencyTypesNot: ['type-only'] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', comment: 'two files that need each other are one, or lack a third', from: {}, to: { circular: true } },
    { name: 'not-found', severity: 'error', comment: 'an import that leads nowhere', from: {}, to: { couldNotResolve: true } },

    floor('kernel', '^src/kernel/', []),
    floor('jobs', '^src/jobs/', ['^src/kernel/']),
    floor('config', '^src/config/', ['^src/kernel/']),
    floor('platform', '^src/platform/', ['^src/kernel/', '^src/jobs/']),
    floor('domain', '^src/domain/', ['^src/kernel/', '^src/jobs/', port]),
    floor('storage', '^src/storage/', ['^src/kernel/', '^src/jobs/', '^src/domain/', '^migrations/', port]),
    floor('migrations', '^migrations/', []),
    floor('compose', '^src/compose/', ['^src/(kernel|jobs|config|platform|domain|storage)/']),
    floor('graphql-door', '^graphql/', ['^src/(kernel|domain|compose)/']),
    floor('http-door', '^src/http/', ['^src/(kernel|domain|compose)/']),
    // A worker consumes through the queue's port: its deliveries and verdicts are the port's words.
    floor('workers-door', '^workers/', ['^src/(kernel|jobs|domain|compose)/', port], '^workers/main\\.ts$'),
    typeOfAppOnly('graphql-door-app', '^graphql/'),
    typeOfAppOnly('http-door-app', '^src/http/'),
    typeOfAppOnly('workers-door-app', '^workers/'),

    {
      name: 'storage-without-services',
      severity: 'error',
      comment: 'storage fills ports; what a service decides is not its business',
      from: { path: '^src/storage/', pathNot: [test] },
      to: { path: '^src/domain/.*\\.service\\.ts$' },
    },
    {
      name: 'concepts-without-services',
      severity: 'error',
      comment: 'a concept uses the types, ports and pure helpers of another, never its service',
      from: { path: '^src/domain/([^/]+)/', pathNot: [test] },
      to: { path: '^src/domain/.*\\.service\\.ts$', pathNot: ['^src/domain/$1/'] },
    },
    {
      name: 'domain-without-io',
      severity: 'error',
      comment: 'the domain reaches files, the network and other processes through ports',
      from: { path: '^src/(domain|kernel|jobs)/', pathNot: [test] },
      to: { dependencyTypes: ['core'], pathNot: ['^(node:)?(crypto|events|util|timers|timers/promises|async_hooks|buffer|string_decoder|stream|url)$'] },
    },
    {
      name: 'kernel-without-packages',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: [test] },
      to: { path: 'node_modules/' },
    },
    {
      name: 'nothing-imports-tools-and-tests',
      severity: 'error',
      from: { path: ours, pathNot: [test, outside] },
      to: { path: [test, outside] },
    },

    vendor('database-vendors', ['typeorm', 'pg', 'pg-pool', 'pg-protocol', 'pgvector', '@electric-sql/[^/]+'], ['^src/storage/', '^migrations/']),
    vendor('platform-vendors', ['amqplib', 'cockatiel', '@huggingface/[^/]+', 'ioredis', 'openai', 'gpt-tokenizer', 'pino', 'prom-client', '@aws-sdk/[^/]+', '@opentelemetry/[^/]+'], ['^src/platform/']),
    vendor('graphql-vendors', ['graphql', 'type-graphql', 'graphql-ws', 'graphql-scalars', '@apollo/[^/]+', '@graphql-tools/[^/]+', 'dataloader', 'ws', 'class-validator'], ['^graphql/']),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data|coverage)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.cjs', '.js', '.json', '.d.ts'] },
  },
};
