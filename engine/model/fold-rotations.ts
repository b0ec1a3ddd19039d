import { rotationLength } from './rotation.js';
import type { PlannedConfig, PlannedWeight } from './weight-plan.js';

/**
 * Rotates what goes into products already where it is made, so that the graph has to rotate the embedding rows and the input of `down` only:
 * the rows of `o` and `down` rotate the residual stream, those of v the values. A norm stands between the stream and the
 * products behind it; without its scale it does not see rotations, so they take the scale on.
 *
 * Done where all matrices of all layers, and the head, are rotated ones. Where runs would go across heads, `o` still rotates its input.
 *
 * Source: Ashkboos et al. 2024 (QuaRot), sections 3 and 4.
 * @param weights of a plan, changed in place
 * @returns whether it was done: the residual stream is then rotated
 */
export function foldRotations(weights: readonly PlannedWeight[], config: PlannedConfig): boolean {
  const { numLayers, numHeads, hiddenSize, headDim } = config;
  const named = new Map(weights.map((weight) => [weight.name, weight]));
  const layers = Array.from({ length: numLayers }, (_, layer) => ofLayer(named, layer));
  const head = named.get('head');
  const matrices = layers.flatMap(({ qkv, o, gateUp, down }) => [qkv, o, gateUp, down]);
  if (!head || ![...matrices, head].every(({ stored }) => stored.kind === 'rotated')) return false;
  const valueRun = rotationLength(numHeads * headDim);
  for (const layer of layers) {
    takeScale(layer.qkv, layer.attnNorm);
    takeScale(layer.gateUp, layer.mlpNorm);
    for (const { parts } of [layer.o, layer.down])
      for (const part of parts) part.rotatedRun = rotationLength(hiddenSize);
    if (headDim % valueRun !== 0) continue;
    for (const fused of [layer.qkv, layer.qkvBias]) if (fused) fused.parts[2].rotatedRun = valueRun;
    isGivenRotated(layer.o);
  }
  takeScale(head, named.get('finalNorm') as PlannedWeight);
  return true;
}

function ofLayer(named: ReadonlyMap<string, PlannedWeight>, layer: number) {
  const find = (name: string) => named.get(`layers.${layer}.${name}`) as PlannedWeight;
  const [attnNorm, qkv, o, mlpNorm, gateUp, down] = ['attnNorm', 'qkv', 'o', 'mlpNorm', 'gateUp', 'down'].map(find);
  return { attnNorm, qkv, o, mlpNorm, gateUp, down, qkvBias: named.get(`layers.${layer}.qkvBias`) };
}

function takeScale(matrix: PlannedWeight, norm: PlannedWeight): void {
  matrix.columnScale = norm.parts[0].tensor;
  norm.isFolded = true;
  isGivenRotated(matrix);
}

function isGivenRotated({ stored }: PlannedWeight): void {
  if (stored.kind === 'rotated') stored.rotatesInput = false;
}
