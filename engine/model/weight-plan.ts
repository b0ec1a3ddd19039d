import { EngineError } from '../errors.js';
import type { Precision } from '../types.js';
import type { ByteRange, LayerForm, ProductType, StoredWeight } from './converted-model.js';
import { foldRotations } from './fold-rotations.js';
import type { ModelConfig } from './model-config.js';
import { BLOCK, blockBytes } from './quantize.js';
import type { SourceModel } from './source-model.js';
import { elementCount, type TensorInfo, type TensorType } from './tensor-info.js';
import type { LayerTensor, TensorNames } from './tensor-names.js';

/**
 * Up to so many weights in all layers, speed goes before memory, which is little beside all else that the app takes: on a
 * processor 4-bit ones are held in 8 bits, twice as quick for a prompt, and sessions that read and write have each
 * their own form of the weights, an eighth quicker for a token.
 */
const QUICK_WEIGHTS = 400e6;

/** Ranges of a weights file begin at multiples of this, so that they can be mapped. */
export const PAGE = 4096;

/** Rows of a converted weight that come from one source tensor. */
export interface WeightPart {
  tensor: TensorInfo;
  /** Rows of each head stand in pairs order and are put in halves order; null: taken as they stand. */
  pairedHeadDim: number | null;
  /** Rows are rotated together in runs of so many, as rotation.ts says; null: they are not. */
  rotatedRun: number | null;
}

export interface PlannedWeight {
  /** As in WeightTable. */
  name: string;
  stored: StoredWeight;
  /** Above one another in the converted weight. */
  parts: WeightPart[];
  /** Elements of a row; 1 for a vector. */
  columns: number;
  /** What its columns are multiplied by, [columns]: the scale of the norm before it. */
  columnScale: TensorInfo | null;
  /** Its values have gone into another weight; what stands here is 1. */
  isFolded: boolean;
}

export interface WeightPlan {
  weights: PlannedWeight[];
  /** As in ConvertedModel. */
  rotatedResidual: boolean;
  /** Of the weights file. */
  bytes: number;
  /** Of all source tensors in the plan; of a table that is stored twice, twice. */
  sourceBytes: number;
}

/**
 * Decides how each weight is stored and where, and proves that the source has every tensor in the right shape and none
 * that would be left out.
 *
 * @throws MODEL_TENSOR_MISSING, MODEL_HEADER_INVALID (a wrong shape), MODEL_ARCHITECTURE_UNSUPPORTED (a tensor too many)
 */
export function planWeights(source: SourceModel, precision: Precision, form: LayerForm = 'int8'): WeightPlan {
  const used = new Set<string>();
  const plan = planFound(source, { precision, form, pairedRotary: source.pairedRotary }, (name, shape) => {
    used.add(name);
    return checkedTensor(source, name, shape);
  });
  refuseUnused(source, used);
  return plan;
}

/**
 * What the weights of a model would take in memory whose files are not here, by the types that its tensors have. Where one
 * table is stored both as embedding and as head, only the rows that come up are there of the embedding.
 */
export function plannedBytes(
  config: PlannedConfig,
  names: TensorNames,
  precision: Precision,
  typeOf: (name: string) => TensorType,
): number {
  const absent = { file: '', offset: 0, byteLength: 0 };
  const find: FindTensor = (name, shape) => ({ name, type: typeOf(name), shape, ...absent });
  const { weights, bytes } = planFound({ config, names }, { precision, form: 'int8', pairedRotary: false }, find);
  const [embedding, head] = ['embedding', 'head'].map((table) => weights.find(({ name }) => name === table));
  return config.tiedHead && embedding && head ? bytes - storedBytes(embedding.stored) : bytes;
}

/** What of a configuration says which weights there are. */
export type PlannedConfig = Pick<
  ModelConfig,
  | 'numLayers'
  | 'hiddenSize'
  | 'intermediateSize'
  | 'numHeads'
  | 'numKvHeads'
  | 'headDim'
  | 'vocabSize'
  | 'tiedHead'
  | 'qkvBias'
  | 'qkNorm'
>;

/** The source's tensor of this name and shape. */
type FindTensor = (name: string, shape: number[]) => TensorInfo;

function planFound(
  { config, names }: { config: PlannedConfig; names: TensorNames },
  { precision, form, pairedRotary }: { precision: Precision; form: LayerForm; pairedRotary: boolean },
  find: FindTensor,
): WeightPlan {
  const { hiddenSize, intermediateSize, headDim, vocabSize } = config;
  const pairedHeadDim = pairedRotary ? headDim : null;
  const keepsFourBits = form === 'blocks' || !isQuick(config);
  const planner = new WeightPlanner({ precision, form, pairedHeadDim, keepsFourBits }, find);
  planner.table('embedding', [[names.embedding, vocabSize]], hiddenSize);
  planner.head([[config.tiedHead ? names.embedding : names.head, vocabSize]], hiddenSize, config.tiedHead);
  planner.vector('finalNorm', [[names.finalNorm, hiddenSize]]);
  const queryRows = config.numHeads * headDim;
  const keyRows = config.numKvHeads * headDim;
  for (let layer = 0; layer < config.numLayers; layer++) {
    const to = `layers.${layer}.`;
    const from = (tensor: LayerTensor, kind = 'weight') =>
      `${names.layerPrefix}${layer}.${names.layer[tensor]}.${kind}`;
    planner.vector(`${to}attnNorm`, [[from('attnNorm'), hiddenSize]]);
    const qkv = (kind: string): NamedRows[] => [
      [from('q', kind), queryRows, 'rotated'],
      [from('k', kind), keyRows, 'rotated'],
      [from('v', kind), keyRows],
    ];
    planner.layer(`${to}qkv`, qkv('weight'), hiddenSize);
    if (config.qkvBias) planner.vector(`${to}qkvBias`, qkv('bias'));
    if (config.qkNorm) {
      planner.vector(`${to}qNorm`, [[from('qNorm'), headDim]]);
      planner.vector(`${to}kNorm`, [[from('kNorm'), headDim]]);
    }
    planner.layer(`${to}o`, [[from('o'), hiddenSize]], queryRows);
    planner.vector(`${to}mlpNorm`, [[from('mlpNorm'), hiddenSize]]);
    planner.layer(
      `${to}gateUp`,
      [
        [from('gate'), intermediateSize],
        [from('up'), intermediateSize],
      ],
      hiddenSize,
    );
    planner.layer(`${to}down`, [[from('down'), hiddenSize]], intermediateSize);
  }
  return planner.finish(config);
}

/** In the weights file. */
export function storedBytes(stored: StoredWeight): number {
  return stored.kind === 'float32' ? stored.values.length : stored.quants.length + stored.scales.length;
}

/** Whether the matrices of all layers have QUICK_WEIGHTS elements at most. */
export function isQuick(config: PlannedConfig): boolean {
  const { numLayers, hiddenSize, intermediateSize, numHeads, numKvHeads, headDim } = config;
  const attention = 2 * (numHeads + numKvHeads) * headDim;
  return numLayers * hiddenSize * (attention + 3 * intermediateSize) <= QUICK_WEIGHTS;
}

/** A source tensor, its rows, and whether they take part in rotary embedding. */
type NamedRows = [tensor: string, rows: number, rotated?: 'rotated'];

class WeightPlanner {
  private readonly weights: PlannedWeight[] = [];
  private bytes = 0;

  constructor(
    private readonly how: {
      precision: Precision;
      form: LayerForm;
      /** Of rows of q and k that stand in pairs order; null: all stand as they are wanted. */
      pairedHeadDim: number | null;
      /** Of layers and head; the embedding keeps its own. */
      keepsFourBits: boolean;
    },
    private readonly find: FindTensor,
  ) {}

  /** The embedding, a row a token. [rows, columns] */
  table(name: string, rows: NamedRows[], columns: number): void {
    const parts = this.matrixParts(rows, columns);
    this.matrix(name, parts, rows, columns, this.isFloat(columns) ? 'float32' : 'blocks');
  }

  /** Of a layer: 8 bits for the fastest kernels, or its own 4. [Σ rows, columns] */
  layer(name: string, rows: NamedRows[], columns: number): void {
    const parts = this.matrixParts(rows, columns);
    this.matrix(name, parts, rows, columns, this.kindInLayers(parts, columns));
  }

  /** As a layer's. Where its table is the embedding's, there is one of its own only if that is quicker. [rows, columns] */
  head(rows: NamedRows[], columns: number, tied: boolean): void {
    const parts = this.matrixParts(rows, columns);
    const kind = this.kindInLayers(parts, columns);
    if (!tied || kind === 'rotated') this.matrix('head', parts, rows, columns, kind);
  }

  /** [Σ lengths] */
  vector(name: string, rows: NamedRows[]): void {
    const parts = rows.map((part) => this.part(part, [part[1]]));
    const total = rows.reduce((sum, [, count]) => sum + count, 0);
    this.add(name, this.float32([total]), parts, 1);
  }

  finish(config: PlannedConfig): WeightPlan {
    const parts = this.weights.flatMap((weight) => weight.parts);
    const sourceBytes = parts.reduce((sum, { tensor }) => sum + tensor.byteLength, 0);
    const rotatedResidual = foldRotations(this.weights, config);
    return { weights: this.weights, rotatedResidual, bytes: this.bytes, sourceBytes };
  }

  private matrixParts(rows: NamedRows[], columns: number): WeightPart[] {
    return rows.map((part) => this.part(part, [part[1], columns]));
  }

  private isFloat(columns: number): boolean {
    return this.how.precision === 'float32' || columns % BLOCK !== 0;
  }

  private kindInLayers(parts: readonly WeightPart[], columns: number): StoredWeight['kind'] {
    const { form, keepsFourBits } = this.how;
    if (this.isFloat(columns)) return 'float32';
    return form === 'blocks' || (keepsFourBits && bitsOf(parts) === 4) ? 'blocks' : 'rotated';
  }

  private matrix(
    name: string,
    parts: WeightPart[],
    rows: NamedRows[],
    columns: number,
    kind: StoredWeight['kind'],
  ): void {
    const total = rows.reduce((sum, [, count]) => sum + count, 0);
    const stored = {
      float32: () => this.float32([total, columns]),
      blocks: () => this.blocks(total, columns, bitsOf(parts)),
      rotated: () => this.rotated(total, columns, this.how.form === 'uint8' ? 'uint8' : 'int8'),
    };
    this.add(name, stored[kind](), parts, columns);
  }

  private blocks(rows: number, columns: number, bits: 4 | 8): StoredWeight {
    const blocks = (rows * columns) / BLOCK;
    const quants = this.range(blocks * blockBytes(bits));
    return { kind: 'blocks', bits, rows, columns, quants, scales: this.range(blocks * 4) };
  }

  private rotated(rows: number, columns: number, type: ProductType): StoredWeight {
    const [quants, scales] = [this.range(rows * columns), this.range(rows * 4)];
    return { kind: 'rotated', type, rotatesInput: true, rows, columns, quants, scales };
  }

  private part([name, , rotated]: NamedRows, shape: number[]): WeightPart {
    return { tensor: this.find(name, shape), pairedHeadDim: rotated ? this.how.pairedHeadDim : null, rotatedRun: null };
  }

  private float32(shape: number[]): StoredWeight {
    return { kind: 'float32', shape, values: this.range(elementCount(shape) * 4) };
  }

  private range(length: number): ByteRange {
    const offset = this.bytes;
    this.bytes += Math.ceil(length / PAGE) * PAGE;
    return { offset, length };
  }

  private add(name: string, stored: StoredWeight, parts: WeightPart[], columns: number): void {
    this.weights.push({ name, stored, parts, columns, columnScale: null, isFolded: false });
  }
}

/** Bits in which a matrix in blocks is held exactly, or 8. */
function bitsOf(parts: readonly WeightPart[]): 4 | 8 {
  return parts.every(({ tensor }) => tensor.type === 'Q4_0') ? 4 : 8;
}

function checkedTensor({ tensors, path, config }: SourceModel, name: string, shape: number[]): TensorInfo {
  const tensor = tensors.get(name);
  if (!tensor) {
    throw new EngineError(
      'MODEL_TENSOR_MISSING',
      `${path} is not a complete ${config.architecture} model: its tensor ${name} is missing. Get the model again.`,
      { tensor: name },
    );
  }
  if (tensor.shape.join() !== shape.join()) {
    throw new EngineError(
      'MODEL_HEADER_INVALID',
      `${path} is damaged: ${name} is [${tensor.shape.join(', ')}] instead of [${shape.join(', ')}]. Get it again.`,
      { tensor: name },
    );
  }
  return tensor;
}

function refuseUnused({ tensors, names, config, path }: SourceModel, used: ReadonlySet<string>): void {
  for (const name of tensors.keys()) {
    const tiedHead = config.tiedHead && name === names.head;
    if (used.has(name) || names.ignored.test(name) || tiedHead) continue;
    throw new EngineError(
      'MODEL_ARCHITECTURE_UNSUPPORTED',
      `${path} has the tensor ${name}, which is not part of a plain ${config.architecture} model. Choose another model.`,
      { tensor: name },
    );
  }
}
