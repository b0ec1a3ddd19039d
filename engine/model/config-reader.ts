import { inspect } from 'node:util';
import { EngineError } from '../errors.js';
import { ARCHITECTURES, type Architecture } from './model-config.js';

/** Longer than any list of layers, heads or tokens; guards loops against damaged files. */
const MAX_COUNT = 1 << 30;

/** Values of a model's own description by key, checked as they are read. */
export class ConfigReader {
  constructor(
    /** What errors call the file. */
    readonly path: string,
    private readonly lookup: (key: string) => unknown,
  ) {}

  has(key: string): boolean {
    const value = this.lookup(key);
    return value !== undefined && value !== null;
  }

  /** A whole number ≥ 1; of a list with one entry per layer the entry, if all are equal. */
  count(key: string, fallback?: number): number {
    const value = this.single(key) ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_COUNT) {
      return this.invalid(key, value);
    }
    return value;
  }

  real(key: string, fallback?: number): number {
    const value = this.single(key) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.invalid(key, value);
    return value;
  }

  text(key: string): string | undefined {
    const value = this.lookup(key) ?? undefined;
    if (value !== undefined && typeof value !== 'string') return this.invalid(key, value);
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.lookup(key) ?? undefined;
    if (value !== undefined && typeof value !== 'boolean') return this.invalid(key, value);
    return value;
  }

  /** A group of values within this one; undefined if absent. */
  group(key: string): ConfigReader | undefined {
    const value = this.lookup(key) ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.invalid(key, value);
    const entries = new Map<string, unknown>(Object.entries(value));
    return new ConfigReader(this.path, (inner) => entries.get(inner));
  }

  /** Refuses values that change the computation in ways that the graphs do not have. `neutral` values do not. */
  refuse(features: Record<string, { feature: string; neutral: readonly unknown[] }>): void {
    for (const [key, { feature, neutral }] of Object.entries(features)) {
      if (this.has(key) && !neutral.includes(this.lookup(key))) this.unsupported(`${feature} (${key})`);
    }
  }

  unsupported(feature: string): never {
    throw new EngineError(
      'MODEL_ARCHITECTURE_UNSUPPORTED',
      `${this.path} needs ${feature}, which this version does not have. Choose a plain model of ${nameArchitectures()}.`,
      { feature },
    );
  }

  private single(key: string): unknown {
    const value = this.lookup(key) ?? undefined;
    if (typeof value !== 'object' || !value || !(Array.isArray(value) || ArrayBuffer.isView(value))) return value;
    // Numbers come as typed arrays from a GGUF.
    const entries: unknown[] = Object.values(value);
    if (entries.some((entry) => entry !== entries[0])) this.unsupported(`a ${key} that differs between layers`);
    return entries[0];
  }

  private invalid(key: string, value: unknown): never {
    const shown = inspect(value, { maxStringLength: 60, maxArrayLength: 4, breakLength: Number.POSITIVE_INFINITY });
    const problem = value === undefined ? `it does not say ${key}` : `its ${key} is ${shown}`;
    throw new EngineError('MODEL_HEADER_INVALID', `${this.path} is damaged: ${problem}. Get the model again.`, { key });
  }
}

function nameArchitectures(): string {
  return `${ARCHITECTURES.slice(0, -1).join(', ')} or ${ARCHITECTURES[ARCHITECTURES.length - 1]}`;
}

/** @throws MODEL_ARCHITECTURE_UNSUPPORTED */
export function checkArchitecture(path: string, name: string | undefined): Architecture {
  const architecture = ARCHITECTURES.find((known) => known === name);
  if (architecture) return architecture;
  throw new EngineError(
    'MODEL_ARCHITECTURE_UNSUPPORTED',
    `${path} is a model of the architecture ${name ?? '(not named)'}. Choose one of ${nameArchitectures()}.`,
    { architecture: name ?? '' },
  );
}

/** What holds between the numbers of every model that the graphs can run. */
export function checkHeads(
  reader: ConfigReader,
  { numHeads, numKvHeads, headDim }: { numHeads: number; numKvHeads: number; headDim: number },
): void {
  if (numHeads % numKvHeads !== 0) reader.unsupported(`${numHeads} heads over ${numKvHeads} key/value heads`);
  if (headDim % 8 !== 0) reader.unsupported(`heads of ${headDim} elements (no multiple of 8)`);
}
