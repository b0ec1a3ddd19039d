import { EngineError } from '../errors.js';
import type { KvCache } from '../kv/kv-cache.js';
import type { PromptPlan } from '../kv/policy.js';
import { selectRows } from '../kv/select-rows.js';
import { AliveRows } from './alive-rows.js';
import type { AttentionScores } from './attention-scores.js';
import type { ChunkBuffers } from './chunk-buffers.js';
import type { Decoder } from './decoder.js';
import { chunkLengths } from './prefill.js';
import type { Float32Tensor } from './session.js';

export interface PyramidParts {
  decoder: Decoder;
  cache: KvCache;
  scores: AttentionScores;
}

/** Progress of a prompt that is read segment by segment: rows run so far, and rows that all segments will run. */
export interface PyramidProgress {
  rowsDone: number;
  rowsTotal: number;
}

/**
 * Reads a prompt segment by segment: each takes all tokens that are still alive through its layers, in chunks; at its
 * end those go on that the last rows attend most. Kept sets do not depend on the length of the chunks.
 *
 * Source: Yang et al. 2024, section 3.2; the rows are gathered between attention and MLP, where that is exact.
 * @param tokens of the prompt, the first at place `start`; the cache holds what is before
 * @returns logits of the last token, [vocabSize]
 */
export async function* pyramidPrefill(
  parts: PyramidParts,
  tokens: readonly number[],
  start: number,
  plan: PromptPlan,
): AsyncGenerator<PyramidProgress, Float32Array, void> {
  const { decoder } = parts;
  const rows = new AliveRows(decoder.model.config, tokens.length, start, plan.scoreRows);
  let rowsDone = 0;
  for (const [index, { until, queryLayers }] of decoder.segments.entries()) {
    decoder.reserveSegment(index, rows.count);
    let from = 0;
    for (const length of chunkLengths(rows.count)) {
      const buffers = decoder.buffers(length);
      if (index === 0) decoder.embed(tokens.slice(from, from + length));
      else rows.load(buffers.cuts[index - 1], from, length);
      await decoder.runSegment(index, rows.positions.slice(from, from + length));
      for (const layer of queryLayers) rows.storeVoters(layer, queriesOf(buffers, layer), from, length);
      if (until !== null) rows.store(buffers.cuts[index], from, length);
      from += length;
      rowsDone += length;
      yield { rowsDone, rowsTotal: rowsDone + rows.count - from + rowsAfter(decoder, index, rows, plan) };
    }
    decoder.releaseOddChunks();
    if (until !== null) await thin(parts, rows, until, plan);
  }
  return decoder.logits.values;
}

/** Drops the tokens that layer `layer` is the last to hold. */
async function thin({ cache, scores }: PyramidParts, rows: AliveRows, layer: number, plan: PromptPlan): Promise<void> {
  const { windowStart, sinkLength, isPinned, weights } = plan;
  const contextCount = plan.contextCounts[layer];
  const context = rows.positions.findIndex((position) => position >= windowStart);
  if (context <= contextCount) return;
  const all = await scores.score(cache, layer, rows.votersOf(layer), weights);
  const candidates = { positions: rows.positions, scores: all.subarray(all.length - rows.count) };
  rows.keep(selectRows({ ...candidates, windowStart, sinkLength, isPinned, contextCount }));
}

/** Rows that the segments after this one will run, as the plan tells. */
function rowsAfter(decoder: Decoder, index: number, rows: AliveRows, plan: PromptPlan): number {
  const context = Math.max(0, plan.windowStart - rows.positions[0]);
  const window = rows.tokens - Math.min(rows.tokens, context);
  return decoder.segments.slice(index, -1).reduce((sum, { until }) => {
    return sum + window + Math.min(context, plan.contextCounts[until ?? 0]);
  }, 0);
}

function queriesOf({ queries }: ChunkBuffers, layer: number): Float32Tensor {
  const tensor = queries.get(layer);
  if (tensor) return tensor;
  throw new EngineError('INTERNAL', `Layer ${layer} gives no queries out`);
}
