import type { ModelConfig, RopeScaling } from '../model/model-config.js';

/** Rotary position embedding (Su et al. 2021) of one model: cos and sin rows for any positions. */
export class RotaryTable {
  /** Radians a position, [headDim / 2]. */
  private readonly inverseFrequencies: Float32Array;
  /** YaRN's attention scale, 1 elsewhere: q and k are both multiplied by it. */
  private readonly magnitude: number;

  constructor(config: Pick<ModelConfig, 'headDim' | 'rope'>) {
    const { theta, scaling } = config.rope;
    const half = config.headDim / 2;
    const plain = Float64Array.from({ length: half }, (_, i) => theta ** (-i / half));
    this.inverseFrequencies = Float32Array.from(scaleFrequencies(plain, theta, scaling));
    this.magnitude = scaling.type === 'yarn' ? scaling.attentionFactor : 1;
  }

  /** Writes cos and sin of each position in `positions`, [rows]; both arrays have shape [rows, headDim / 2]. */
  fill(positions: Int32Array, cos: Float32Array, sin: Float32Array): void {
    this.fillTurns(positions, cos, sin);
    if (this.magnitude === 1) return;
    for (let at = 0; at < cos.length; at++) {
      cos[at] *= this.magnitude;
      sin[at] *= this.magnitude;
    }
  }

  /** As `fill`, but without the scale: for what was rotated before and goes on by so many places. */
  fillTurns(positions: Int32Array, cos: Float32Array, sin: Float32Array): void {
    const half = this.inverseFrequencies.length;
    for (let at = 0; at < cos.length; at++) {
      // Rounded to float32 as the models were trained with.
      const angle = Math.fround(positions[Math.floor(at / half)] * this.inverseFrequencies[at % half]);
      cos[at] = Math.cos(angle);
      sin[at] = Math.sin(angle);
    }
  }
}

/** [headDim / 2] → [headDim / 2] */
function scaleFrequencies(plain: Float64Array, theta: number, scaling: RopeScaling): Float64Array {
  switch (scaling.type) {
    case 'none':
      return plain;
    case 'linear':
      return plain.map((frequency) => frequency / scaling.factor);
    case 'factors':
      return plain.map((frequency, i) => frequency / scaling.factors[i]);
    case 'llama3':
      return plain.map((frequency) => llama3Frequency(frequency, scaling));
    case 'yarn':
      return yarnFrequencies(plain, theta, scaling);
  }
}

function llama3Frequency(frequency: number, scaling: Extract<RopeScaling, { type: 'llama3' }>): number {
  const { factor, lowFreqFactor, highFreqFactor, originalContextLength } = scaling;
  const turns = (originalContextLength * frequency) / (2 * Math.PI);
  const share = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
  const smooth = Math.min(1, Math.max(0, share));
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/** "NTK by parts": dimensions that turn often keep their frequency, slow ones are stretched (Peng et al. 2023, §3.2). */
function yarnFrequencies(
  plain: Float64Array,
  theta: number,
  scaling: Extract<RopeScaling, { type: 'yarn' }>,
): Float64Array {
  const { factor, originalContextLength, betaFast, betaSlow } = scaling;
  const dimOfTurns = (turns: number) =>
    (plain.length * Math.log(originalContextLength / (turns * 2 * Math.PI))) / Math.log(theta);
  const low = Math.max(0, Math.floor(dimOfTurns(betaFast)));
  const high = Math.min(2 * plain.length - 1, Math.ceil(dimOfTurns(betaSlow)));
  return plain.map((frequency, i) => {
    const stretched = Math.min(1, Math.max(0, (i - low) / Math.max(high - low, 0.001)));
    return (stretched * frequency) / factor + (1 - stretched) * frequency;
  });
}
