const base = require('./jest.config.js');

/** Tests that kill processes, restart them and wait for what they promised: `npm run test:slow`. @type {import('jest').Config} */
module.exports = { ...base, testMatch: ['**/*.slow.ts'] };
