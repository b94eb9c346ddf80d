const base = require('./jest.config.js');

/**
 * The same suite against real services, but for files that reach none, and what only they can show (`*.production.ts`): `npm run test:production`.
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
    // Neither database nor queue, cache, bus or objects:
    '<rootDir>/(graphql|src/kernel|src/config|src/platform/(embedding|llm|tokenizer))/',
    '<rootDir>/src/domain/(?!consolidation/pool-lease)',
    '<rootDir>/src/testing/[^/]+\\.test\\.ts$',
  ],
};
