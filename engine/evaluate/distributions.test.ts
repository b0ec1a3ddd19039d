import fc from 'fast-check';
import { expect, test } from 'vitest';
import { likeliest, logSumExp, ReferenceDistributions } from './distributions.js';

const logits = fc.float32Array({ minLength: 5, maxLength: 5, min: -30, max: 30, noNaN: true });

/** Straight from the definition, in float64. */
function plainKl(p: Float32Array, q: Float32Array): number {
  const softmax = (values: Float32Array) => {
    const exponentials = Array.from(values, (value) => Math.exp(value));
    const sum = exponentials.reduce((a, b) => a + b);
    return exponentials.map((value) => value / sum);
  };
  const [ps, qs] = [softmax(p), softmax(q)];
  return ps.reduce((sum, share, i) => sum + share * Math.log(share / qs[i]), 0);
}

test('KL is that of the definition, never negative, and 0 for equal logits', () => {
  fc.assert(
    fc.property(logits, logits, fc.nat(4), (p, q, token) => {
      const reference = new ReferenceDistributions(2, 5);
      reference.set(1, p);
      const { kl, loss, referenceLoss } = reference.compare(1, q, token);
      expect(kl).toBeCloseTo(plainKl(p, q), 9);
      expect(kl).toBeGreaterThanOrEqual(-1e-12);
      expect(reference.compare(1, p, token).kl).toBe(0);
      expect(Math.exp(-loss)).toBeCloseTo(Math.exp(q[token] - logSumExp(q)), 12);
      expect(Math.exp(-referenceLoss)).toBeCloseTo(Math.exp(p[token] - logSumExp(p)), 12);
    }),
  );
});

test('logits that would overflow an exponential are no trouble', () => {
  expect(logSumExp(Float32Array.of(1000, 1000))).toBeCloseTo(1000 + Math.log(2), 9);
  expect(logSumExp(Float32Array.of(-1000, -1001))).toBeCloseTo(-1000 + Math.log1p(Math.exp(-1)), 9);
});

test('agreement is about the likeliest token, the first of equals', () => {
  expect(likeliest(Float32Array.of(1, 3, 3))).toBe(1);
  const reference = new ReferenceDistributions(1, 3);
  reference.set(0, Float32Array.of(0, 2, 1));
  expect(reference.compare(0, Float32Array.of(5, 6, 0), 0).agrees).toBe(true);
  expect(reference.compare(0, Float32Array.of(6, 5, 0), 0).agrees).toBe(false);
});
