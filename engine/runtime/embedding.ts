import { closeSync, openSync, readSync } from 'node:fs';
import { EngineError } from '../errors.js';
import type { ByteRange, ConvertedModel, StoredWeight } from '../model/converted-model.js';

const BLOCK_SIZE = 32;

/**
 * The embedding table, read row by row from the weights file: the operating system keeps what is used in memory, and
 * the graph need not hold a table that it only looks up in.
 */
export class EmbeddingTable {
  private readonly file: number;
  private readonly weight: Exclude<StoredWeight, { kind: 'rotated' }>;
  private readonly rows: number;
  private readonly columns: number;

  constructor(model: ConvertedModel) {
    const weight = model.weights.embedding;
    if (weight.kind === 'rotated') throw new EngineError('INTERNAL', 'An embedding is looked up row by row.');
    this.weight = weight;
    this.rows = model.config.vocabSize;
    this.columns = model.config.hiddenSize;
    this.file = openSync(model.weightsPath, 'r');
  }

  /**
   * Writes one row a token into `hidden`, [tokens.length, hiddenSize].
   *
   * @throws EngineError MODEL_TOKENIZER_UNSUPPORTED for a token without a row, MODEL_FILE_UNREADABLE
   */
  lookUp(tokens: readonly number[], hidden: Float32Array): void {
    const { columns } = this;
    // Most tokens of a text come more than once.
    const first = new Map<number, number>();
    tokens.forEach((token, i) => {
      if (token >= this.rows) throw beyondTable(token, this.rows);
      const known = first.get(token);
      if (known !== undefined) hidden.copyWithin(i * columns, known * columns, (known + 1) * columns);
      else this.readRow(token, hidden.subarray(i * columns, (i + 1) * columns));
      first.set(token, known ?? i);
    });
  }

  close(): void {
    closeSync(this.file);
  }

  private readRow(row: number, target: Float32Array): void {
    const { weight, columns } = this;
    if (weight.kind === 'float32') {
      target.set(new Float32Array(this.read(weight.values, row, columns * 4).buffer));
      return;
    }
    const blocks = columns / BLOCK_SIZE;
    const quants = this.read(weight.quants, row, (columns * weight.bits) / 8);
    const scales = new Float32Array(this.read(weight.scales, row, blocks * 4).buffer);
    for (let i = 0; i < columns; i++) {
      const quant = weight.bits === 8 ? quants[i] - 128 : ((quants[i >> 1] >> (4 * (i & 1))) & 15) - 8;
      target[i] = scales[Math.floor(i / BLOCK_SIZE)] * quant;
    }
  }

  private read(range: ByteRange, row: number, rowBytes: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(new ArrayBuffer(rowBytes));
    const bytesRead = readSync(this.file, bytes, 0, rowBytes, range.offset + row * rowBytes);
    if (bytesRead === rowBytes) return bytes;
    throw new EngineError(
      'MODEL_FILE_UNREADABLE',
      'The converted model was cut short while it was in use. Load it again.',
    );
  }
}

/** Tokenizers of models in the wild have tokens that were added without growing the table: behind it lie other weights. */
function beyondTable(token: number, rows: number): EngineError {
  return new EngineError(
    'MODEL_TOKENIZER_UNSUPPORTED',
    `The model's tokenizer gives the token ${token}, but the model has ${rows} only: the two do not belong together. ` +
      'Choose another file of the model.',
    { token, vocabSize: rows },
  );
}
