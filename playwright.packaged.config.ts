import { defineConfig } from '@playwright/test';

/** Tests of what users install; scripts/checks/dist.mjs builds that and runs them. */
export default defineConfig({
  testDir: 'e2e/packaged',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  outputDir: 'test-results/packages',
  reporter: [['list'], ['json', { outputFile: 'test-results/packages.json' }]],
});
