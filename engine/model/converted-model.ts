import type { ModelInfo, Precision } from '../types.js';
import type { ModelConfig } from './model-config.js';

/** A run of bytes in the weights file; offsets are multiples of 4096, so that a run can be mapped. */
export interface ByteRange {
  offset: number;
  length: number;
}

/**
 * One weight as the graphs use it. A matrix has shape [rows, columns] = [outputs, inputs].
 * `blocks`: quants uint8 [rows, columns/32, 32 · bits/8], scales float32 [rows, columns/32];
 * value = scale · (quant − 2^(bits−1)); with 4 bits the lower nibble is the earlier element.
 * `rotated`: quants int8 or uint8 [columns, rows], scales float32 [rows]; scale · quant, or scale · (quant − 128), is the
 * value after each row was rotated as rotation.ts says, in runs of rotationLength(columns). Its input must be, too.
 * `columns` is a multiple of 32; rows whose source is not are stored as float32.
 */
export type StoredWeight =
  | { kind: 'float32'; shape: number[]; values: ByteRange }
  | { kind: 'blocks'; bits: 4 | 8; rows: number; columns: number; quants: ByteRange; scales: ByteRange }
  | RotatedWeight;

export interface RotatedWeight {
  kind: 'rotated';
  type: ProductType;
  /** The graph rotates the input; false: it comes so, because what makes it was rotated at the import. */
  rotatesInput: boolean;
  rows: number;
  columns: number;
  quants: ByteRange;
  scales: ByteRange;
}

/** Of 8-bit weights in products with 8-bit inputs; which of the two kernels is right and quick depends on the processor. */
export type ProductType = 'int8' | 'uint8';

/** Of 8-bit weights of layers and head: rotated for such products, or in blocks for a device, whose inputs are not rounded. */
export type LayerForm = ProductType | 'blocks';

/** The uint8 that stands for 0. */
export const ZERO_POINT = 128;

/**
 * Names of weights in a converted model:
 * `embedding` [vocabSize, hiddenSize], `head` [vocabSize, hiddenSize] (absent when tied and not rotated), `finalNorm` [hiddenSize],
 * and per layer `layers.N.`: `attnNorm`, `mlpNorm` [hiddenSize]; `qkv` [(numHeads + 2·numKvHeads)·headDim, hiddenSize],
 * `qkvBias` [(numHeads + 2·numKvHeads)·headDim] (if config.qkvBias), `qNorm`, `kNorm` [headDim] (if config.qkNorm),
 * `o` [hiddenSize, numHeads·headDim], `gateUp` [2·intermediateSize, hiddenSize], `down` [hiddenSize, intermediateSize].
 * q and k rows stand in halves order (element i rotates with i + headDim/2), whatever the source file had.
 *
 * Where the residual stream is rotated (`ConvertedModel.rotatedResidual`), in runs of rotationLength(hiddenSize), the rows
 * of `o` and `down` are rotated so, and the columns of `qkv`, `gateUp` and `head` have taken on the scale of the norm
 * before them: `attnNorm`, `mlpNorm` and `finalNorm` are 1. `embedding` is as ever. Where `o` does not rotate its
 * input, the rows of v are rotated in runs of rotationLength(numHeads·headDim), and so are the cached values.
 */
export type WeightTable = Record<string, StoredWeight>;

/** A model converted once, as it lies in its folder: manifest.json (this), tokenizer.json, weights.bin. */
export interface ConvertedModel {
  folder: string;
  /** Absolute path of weights.bin. */
  weightsPath: string;
  precision: Precision;
  info: ModelInfo;
  config: ModelConfig;
  /** Up to the head, elements are rotated: only what comes in is turned by the graph. */
  rotatedResidual: boolean;
  weights: WeightTable;
}
