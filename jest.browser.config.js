const base = require('./jest.config.js');

/** Tests that drive a real Chromium: `npm run test:browser`. @type {import('jest').Config} */
module.exports = { ...base, testMatch: ['**/*.browser.ts'], maxWorkers: 1 };
