/**
 * How many neighbouring elements of a row are rotated together. The more, the thinner a large element is spread, and the
 * more the rotation of every input costs: with 64, 6 % of the multiplications of the default model.
 */
export function rotationLength(columns: number): 64 | 32 {
  return columns % 64 === 0 ? 64 : 32;
}

/**
 * Rotates each run of `length` elements by a Hadamard matrix: orthogonal, symmetric, and so its own inverse. A product
 * of two vectors stays as it is if both are rotated, but no element stands out any more: what is rounded to 8 bits by
 * its largest element loses little. With a stride, the elements of a run are so far apart: [runs, length, stride].
 *
 * Source: Ashkboos et al. 2024 (QuaRot).
 * @param values a whole number of runs, changed in place
 */
export function rotate(values: Float32Array, length: number, stride = 1): void {
  const norm = length ** -0.5;
  for (let half = stride; half < length * stride; half *= 2) {
    const factor = half * 2 === length * stride ? norm : 1;
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const a = values[i];
        const b = values[i + half];
        values[i] = (a + b) * factor;
        values[i + half] = (a - b) * factor;
      }
    }
  }
}

/** The matrix that `rotate` multiplies by. [length, length] */
export function rotationMatrix(length: number): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(new ArrayBuffer(4 * length * length));
  for (let i = 0; i < length; i++) matrix[i * length + i] = 1;
  rotate(matrix, length);
  return matrix;
}
