import { expect, test } from 'vitest';
import { createProgress } from './progress.mjs';

function record({ isTTY = false } = {}) {
  const stream = { isTTY, text: '', write: (text) => (stream.text += text) };
  return { stream, progress: createProgress(stream) };
}

test('outside a terminal one line every 10 %, never back, 100 % at the end', () => {
  const { stream, progress } = record();
  progress.start('Model');
  for (const fraction of [0.01, 0.05, 0.12, 0.11, 0.5, 0.55, 0.999, 1]) progress.update(fraction);
  progress.done();
  expect(stream.text).toBe('Model 0 %\nModel 10 %\nModel 50 %\nModel 90 %\nModel 100 %\n');
});

test('on a terminal one line is rewritten and ended', () => {
  const { stream, progress } = record({ isTTY: true });
  progress.start('Model');
  progress.update(0.5);
  progress.note('Waiting.');
  progress.done();
  expect(stream.text).toBe('\r\u001b[2KModel 0 %\r\u001b[2KModel 50 %\nWaiting.\n');
});

test('nothing is written before something starts', () => {
  const { stream, progress } = record();
  progress.update(0.5);
  progress.done();
  expect(stream.text).toBe('');
});
