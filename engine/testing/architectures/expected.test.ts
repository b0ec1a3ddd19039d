import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARCHITECTURE_CASES } from './expected.js';

const VOCAB_SIZE = 264;
const ORIGINAL_CONTEXT = 32;

function standardDeviation(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe.each(ARCHITECTURE_CASES)('$name', ({ modelPath, expected }) => {
  it('has a model and a row of logits for the prompt and for each token after it', () => {
    const { promptIds, continuationIds, logits } = expected();
    expect(existsSync(modelPath)).toBe(true);
    expect(logits).toHaveLength(1 + continuationIds.length);
    for (const row of logits) {
      expect(row).toHaveLength(VOCAB_SIZE);
      expect(standardDeviation(row)).toBeGreaterThan(1);
    }
    expect(Math.max(...promptIds, ...continuationIds)).toBeLessThan(VOCAB_SIZE);
    expect(promptIds.length).toBeGreaterThan(ORIGINAL_CONTEXT);
  });
});

describe('the fixtures', () => {
  const root = import.meta.dirname;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => path.join(root, name));

  it('are all listed', () => {
    const models = files.filter((file) => file.endsWith('.gguf') || path.basename(file) === 'folder');
    expect(ARCHITECTURE_CASES.map((each) => each.modelPath).sort()).toEqual(models.sort());
  });

  it('stay small enough to commit', () => {
    const sizes = files.map((file) => statSync(file)).flatMap((stat) => (stat.isFile() ? [stat.size] : []));
    expect(Math.max(...sizes)).toBeLessThan(600_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3 * 1024 * 1024);
  });

  it('cover a model in shards', () => {
    const index = path.join(root, 'mistral', 'folder', 'model.safetensors.index.json');
    const { weight_map: shards }: { weight_map: Record<string, string> } = JSON.parse(readFileSync(index, 'utf8'));
    expect(new Set(Object.values(shards)).size).toBe(2);
  });
});
