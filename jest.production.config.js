const base = require('./jest.config.js');

/**
 * The same suite against real services, and what only they can show (`*.production.ts`): `npm run test:production`.
 * It fails without CONTEXTIQ_TEST_POSTGRES_URL. Each test file has a database of its own on that server.
 * @type {import('jest').Config}
 */
module.exports = {
  ...base,
  testMatch: [...base.testMatch, '**/*.slow.ts', '**/*.production.ts'],
  globalSetup: '<rootDir>/src/testing/production/setup.ts',
  globalTeardown: '<rootDir>/src/testing/production/teardown.ts',
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/src/storage/pglite/', // about the embedded engine itself
    '<rootDir>/bench/quick.slow.ts', // starts embedded gateways
  ],
};
