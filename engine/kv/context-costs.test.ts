import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.js';
import type { ModelConfig } from '../model/model-config.js';
import { chooseCompression } from './choose-compression.js';
import { contextCosts, contextLengths } from './context-costs.js';

const config = { numLayers: 30, numKvHeads: 3, headDim: 64, contextLength: 8192 } as ModelConfig;
const under = (choice: Parameters<typeof chooseCompression>[0]) =>
  contextCosts(config, (contextLength) => chooseCompression(choice, { hash: '', config, contextLength }));

describe('lengths of context', () => {
  it('double up to the longest, which is always among them', () => {
    expect(contextLengths(8192)).toEqual([1024, 2048, 4096, 8192]);
    expect(contextLengths(5000)).toEqual([1024, 2048, 4096, 5000]);
    expect(contextLengths(512)).toEqual([512]);
  });
});

describe('what a context costs', () => {
  it('is counted as the cache counts: a full one in int8 is half as large as in fp16, and has scales besides', () => {
    const costs = under({ preset: 'off' });
    expect(costs.map(({ contextLength }) => contextLength)).toEqual([1024, 2048, 4096, 8192]);
    for (const { contextLength, kvBytes, fullFp16Bytes } of costs) {
      expect(fullFp16Bytes).toBe(30 * 2 * 3 * 64 * 2 * contextLength);
      expect(kvBytes).toBe(fullFp16Bytes / 2 + 30 * 2 * 3 * 64 * 4);
    }
  });

  it('is less where tokens are dropped, and grows with the length', () => {
    const [, two, , eight] = under({ preset: 'compact' });
    expect(eight.kvBytes).toBeLessThan(0.35 * eight.fullFp16Bytes);
    expect(eight.kvBytes).toBeGreaterThan(Number(two.kvBytes));
  });

  it('stays in a budget, and is not there where no chat of that length keeps to it', () => {
    expect(under({ budgetBytes: 20e6 }).every(({ kvBytes }) => kvBytes !== null && kvBytes <= 20e6)).toBe(true);
    const least = under({ budgetBytes: 4e6 }).map(({ kvBytes }) => kvBytes);
    expect(least[0]).toBeLessThanOrEqual(4e6);
    expect(least.at(-1)).toBeNull();
  });

  it('lets other failures through', () => {
    const fails = () => {
      throw new EngineError('COMPRESSION_INVALID', 'no such thing');
    };
    expect(() => contextCosts(config, fails)).toThrow('no such thing');
  });
});
