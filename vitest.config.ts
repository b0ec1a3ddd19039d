import { defineConfig } from 'vitest/config';

const sources = ['engine', 'electron', 'locales', 'renderer', 'scripts', 'bench'];
const modelTests = sources.map((folder) => `${folder}/**/*.model.test.ts`);

export default defineConfig({
  test: {
    // ONNX Runtime brings its own threads: more workers than this slow each other down.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: sources.map((folder) => `${folder}/**/*.test.{ts,tsx,mjs}`),
          exclude: modelTests,
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'model',
          environment: 'node',
          include: modelTests,
          // Some of these tests measure time, which they cannot while another model computes.
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
