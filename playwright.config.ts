import { defineConfig } from '@playwright/test';
import { electronEnvironment } from './scripts/electron-environment.mjs';

// Also for a plain `npx playwright test`: the tests launch the runtime that the set-up fetched.
Object.assign(process.env, electronEnvironment());

export default defineConfig({
  testDir: 'e2e',
  testIgnore: 'packaged/**',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
});
