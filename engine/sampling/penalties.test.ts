import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenHistory } from './penalties.js';
import { DEFAULT_SAMPLING } from './sampling-options.js';

function penalized(logits: number[], history: TokenHistory, options: Partial<typeof DEFAULT_SAMPLING>): number[] {
  const changed = Float32Array.from(logits);
  history.penalize(changed, { ...DEFAULT_SAMPLING, ...options });
  return [...changed];
}

test('repetition divides positive logits and multiplies negative ones, of prompt and answer, once', () => {
  const history = new TokenHistory(5, [0, 1, 1]);
  history.add(3);
  history.add(3);
  expect(penalized([4, -4, 4, 8, -1], history, { repetitionPenalty: 2 })).toEqual([2, -8, 4, 4, -1]);
});

test('frequency counts and presence notes tokens of the answer only', () => {
  const history = new TokenHistory(4, [0, 0]);
  for (const id of [1, 1, 2]) history.add(id);
  expect(penalized([0, 0, 0, 0], history, { frequencyPenalty: 0.5, presencePenalty: 2 })).toEqual([0, -3, -2.5, 0]);
});

test('neutral penalties change nothing, and ids beyond the vocabulary are passed over', () => {
  const ids = fc.array(fc.nat({ max: 12 }));
  fc.assert(
    fc.property(ids, fc.array(fc.float({ noNaN: true }), { minLength: 10, maxLength: 10 }), (history, logits) => {
      const tokens = new TokenHistory(10, history);
      for (const id of history) tokens.add(id);
      expect(penalized(logits, tokens, {})).toEqual(logits);
      expect(penalized(logits, tokens, { presencePenalty: 1 })).toHaveLength(10);
    }),
  );
});
