import { expect, test } from 'vitest';
import { EngineError } from './errors.js';

test('what a file says of itself cannot make a message without end; its beginning and the way out stay', () => {
  const tensor = 'x'.repeat(5_000_000);
  const error = new EngineError('MODEL_TENSOR_MISSING', `/a.gguf lacks ${tensor}. Get the model again.`, {
    tensor,
    at: 1,
  });
  const { message, details } = error.toShape();
  expect(message).toHaveLength(1000);
  expect(message).toMatch(/^\/a\.gguf lacks x+ … x+\. Get the model again\.$/);
  expect(details?.tensor).toHaveLength(1000);
  expect(details?.at).toBe(1);
});

test('others stay as they are', () => {
  expect(new EngineError('PROMPT_EMPTY', 'Nothing.').toShape()).toEqual({ code: 'PROMPT_EMPTY', message: 'Nothing.' });
});

test('an error is the same on the other side of a process border', () => {
  const details = { field: 'threads', cores: 4, isMac: false };
  for (const error of [new EngineError('PROMPT_EMPTY', 'Nothing.'), new EngineError('INTERNAL', 'Broken.', details)]) {
    const shape = error.toShape();
    const there = EngineError.fromShape(structuredClone(shape));
    expect(there).toBeInstanceOf(EngineError);
    expect(there.toShape()).toEqual(shape);
  }
});
