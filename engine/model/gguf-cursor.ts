import { EngineError } from '../errors.js';

/** Far more than any model has, far less than what would hurt. */
const MAX_STRING_BYTES = 1 << 24;
const MAX_ARRAY_LENGTH = 1 << 24;
const MAX_NESTING = 4;

type NumberArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array;
type WideArray = Float64Array | BigUint64Array | BigInt64Array;

/** 64-bit integers are numbers while safe, else bigint; number arrays are typed arrays of the file's type. */
export type GgufValue =
  | string
  | number
  | bigint
  | boolean
  | string[]
  | boolean[]
  | NumberArray
  | WideArray
  | GgufValue[];

/** More bytes of the file are needed to go on reading its header. */
export class HeaderIncomplete extends Error {}

/** Element types of GGUF arrays that are copied whole, by type id. */
const TYPED_ARRAYS = {
  0: Uint8Array,
  1: Int8Array,
  2: Uint16Array,
  3: Int16Array,
  4: Uint32Array,
  5: Int32Array,
  6: Float32Array,
  10: BigUint64Array,
  11: BigInt64Array,
  12: Float64Array,
} as const;

const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

function isTyped(type: number): type is keyof typeof TYPED_ARRAYS {
  return type in TYPED_ARRAYS;
}

/**
 * Reads a GGUF header from the first bytes of a file. No length is believed before it is known to fit the file, so that
 * nothing is allocated by a wrong one.
 *
 * Every read may throw MODEL_HEADER_INVALID (an absurd length or type), MODEL_TRUNCATED (the file ends before what it
 * announces) or HeaderIncomplete (the file goes on, `bytes` does not).
 */
export class GgufCursor {
  position = 0;
  private readonly view: DataView;

  /** @param bytes the first bytes of the file, as many as were read */
  constructor(
    private readonly bytes: Buffer,
    private readonly fileBytes: number,
    private readonly path: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A count or length; above `limit` the header is taken for damaged. */
  count(limit: number, what: string): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(limit)) this.fail(`${what} is ${value}`);
    return Number(value);
  }

  string(what: string): string {
    const length = this.count(MAX_STRING_BYTES, `the length of ${what}`);
    const start = this.take(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  value(type: number, what: string, depth = 0): GgufValue {
    if (type === STRING) return this.string(what);
    if (type === BOOL) return this.bytes[this.take(1)] !== 0;
    if (type === ARRAY) return this.array(what, depth);
    if (!isTyped(type)) return this.fail(`${what} has the unknown type ${type}`);
    const value = this.typedArray(type, 1)[0];
    return typeof value === 'bigint' && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
      ? Number(value)
      : value;
  }

  fail(problem: string): never {
    throw new EngineError(
      'MODEL_HEADER_INVALID',
      `${this.path} is damaged: ${problem} (at byte ${this.position} of its header). Download it again.`,
      { position: this.position },
    );
  }

  private array(what: string, depth: number): GgufValue {
    if (depth === MAX_NESTING) this.fail(`${what} is nested too deeply`);
    const type = this.u32();
    const length = this.count(MAX_ARRAY_LENGTH, `the length of ${what}`);
    if (isTyped(type)) return this.typedArray(type, length);
    // The shortest string is its 8 length bytes, the shortest array 12: what cannot fit the file is not begun.
    this.expect(length * (type === STRING ? 8 : type === ARRAY ? 12 : 1));
    const values: GgufValue[] = [];
    for (let index = 0; index < length; index++) values.push(this.value(type, what, depth + 1));
    return values;
  }

  private typedArray(type: keyof typeof TYPED_ARRAYS, length: number): NumberArray | WideArray {
    const TypedArray = TYPED_ARRAYS[type];
    const bytes = length * TypedArray.BYTES_PER_ELEMENT;
    const start = this.take(bytes);
    // Copied: values in the header stand at any offset, a typed array must be aligned.
    return new TypedArray(new Uint8Array(this.bytes.subarray(start, start + bytes)).buffer);
  }

  /** Moves past `length` bytes and returns where they begin. */
  private take(length: number): number {
    this.expect(length);
    const start = this.position;
    this.position += length;
    return start;
  }

  private expect(length: number): void {
    const end = this.position + length;
    if (end <= this.bytes.length) return;
    if (end <= this.fileBytes) throw new HeaderIncomplete();
    throw new EngineError(
      'MODEL_TRUNCATED',
      `${this.path} is incomplete: it ends at ${this.fileBytes} bytes, within its header. Download or copy it again.`,
      { fileBytes: this.fileBytes },
    );
  }
}
