const { readFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');

// The transformer leaves this part of the file out by itself.
const { module: modules } = JSON.parse(readFileSync('.swcrc', 'utf8'));

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/graphql', '<rootDir>/workers', '<rootDir>/client-examples', '<rootDir>/bench'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { swcrc: true, module: modules }],
    // An ES module, which Node requires as it is and jest does not.
    'multiformats.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!multiformats/)'],
  testEnvironmentOptions: { customExportConditions: ['node', 'node-addons', 'module-sync'] },
  globalSetup: '<rootDir>/src/testing/embedded/setup.ts',
  globalTeardown: '<rootDir>/src/testing/embedded/teardown.ts',
  testTimeout: 60_000,
  // Each file that needs a database starts one of its own, which keeps a core and about 400 MB busy.
  maxWorkers: Math.min(4, availableParallelism()),
};
