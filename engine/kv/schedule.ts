/** How much of a prompt's context goes on from layer to layer (Yang et al. 2024, section 3.2; `step` is ours). */
export type Schedule =
  /** Each layer keeps p + (1 − p)(cos(πl/L) + 1)/2 of what the layer before it kept. */
  | { type: 'cosine'; prefillDecayRatio: number }
  /** Each layer keeps 1 − (1 − p)·l/L of what the layer before it kept. */
  | { type: 'linear'; prefillDecayRatio: number }
  /** [layer, share]: after that layer, and until the next entry, this share of the original context goes on. */
  | { type: 'step'; steps: readonly (readonly [layer: number, share: number])[] };

/**
 * Share of the original context that goes on after each layer, [numLayers], never rising.
 * @param layerInterval selection happens at every n-th layer only; the layers between pass on what they got
 */
export function contextShares(schedule: Schedule, numLayers: number, layerInterval = 1): number[] {
  const planned = plannedShares(schedule, numLayers);
  let share = 1;
  return planned.map((value, layer) => {
    if ((layer + 1) % layerInterval === 0) share = value;
    return share;
  });
}

function plannedShares(schedule: Schedule, numLayers: number): number[] {
  if (schedule.type === 'step') {
    return Array.from(
      { length: numLayers },
      (_, layer) => schedule.steps.findLast(([from]) => from <= layer)?.[1] ?? 1,
    );
  }
  const { type, prefillDecayRatio: p } = schedule;
  let product = 1;
  return Array.from({ length: numLayers }, (_, layer) => {
    const depth = layer / numLayers;
    product *= type === 'cosine' ? p + ((1 - p) * (Math.cos(Math.PI * depth) + 1)) / 2 : 1 - (1 - p) * depth;
    return product;
  });
}
