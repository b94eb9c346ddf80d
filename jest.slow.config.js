const base = require('./jest.config.js');

/** Tests that start, kill and restart programs and wait for what they promised, and those of large amounts: `npm run test:slow`. @type {import('jest').Config} */
module.exports = { ...base, testMatch: ['**/*.slow.ts'] };
