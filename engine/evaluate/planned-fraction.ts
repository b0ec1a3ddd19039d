import { createPolicy, type PolicyConfig } from '../kv/compression-config.js';

/** Σ cached tokens / (layers · tokens) that a policy plans for so many tokens, without pins; known before it runs. */
export function plannedFraction(config: PolicyConfig, numLayers: number, tokens: number): number {
  const policy = createPolicy(config, numLayers);
  let cached = 0;
  for (let layer = 0; layer < numLayers; layer++) cached += policy.cachedCount(layer, tokens);
  return cached / (numLayers * tokens);
}
