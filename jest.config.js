const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/graphql', '<rootDir>/workers', '<rootDir>/client-examples', '<rootDir>/bench'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: true }] },
  testTimeout: 60_000,
  // Each file that needs a database boots one of its own, which keeps a core and about 400 MB busy.
  maxWorkers: Math.min(4, availableParallelism()),
};
