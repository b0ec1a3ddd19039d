import { describe, expect, it } from 'vitest';
import { fileName, formatParameters, modelName } from './model-label.js';

describe('names of models', () => {
  it.each([
    ['SmolLM2-135M-Instruct.Q4_1.gguf', 'SmolLM2 135M Instruct'],
    ['qwen2.5-0.5b-instruct-q4_k_m.gguf', 'qwen2.5 0.5b instruct'],
    ['Llama-3.2-1B-F16.gguf', 'Llama 3.2 1B'],
    ['my_model', 'my model'],
    ['.gguf', '.gguf'],
  ])('%s is called %s', (file, name) => expect(modelName(file)).toBe(name));

  it('finds the file in a path of either kind', () => {
    expect(fileName('/home/me/a.gguf')).toBe('a.gguf');
    expect(fileName('C:\\models\\folder\\')).toBe('folder');
  });

  it('writes parameters as people do', () => {
    expect(formatParameters(134_515_008)).toBe('135 M');
    expect(formatParameters(7_241_732_096)).toBe('7.24 B');
  });
});
