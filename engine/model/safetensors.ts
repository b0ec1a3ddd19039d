import { z } from 'zod';
import { EngineError } from '../errors.js';
import { openModelFile } from './file-problem.js';
import { checkTensorBounds, elementCount, type TensorInfo, type TensorType, tensorBytes } from './tensor-info.js';

/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;

const length = z.number().int().nonnegative();
const headerSchema = z.record(
  z.string(),
  z.object({ dtype: z.string(), shape: z.array(length), data_offsets: z.tuple([length, length]) }),
);

const TYPES = new Map<string, TensorType>([
  ['F32', 'F32'],
  ['F16', 'F16'],
  ['BF16', 'BF16'],
]);

/**
 * Reads the header of a safetensors file and checks that every tensor lies in the file.
 *
 * @throws MODEL_FILE_MISSING, MODEL_FILE_UNREADABLE, MODEL_FORMAT_UNKNOWN, MODEL_TRUNCATED, MODEL_HEADER_INVALID,
 *   MODEL_TENSOR_OUTSIDE_FILE, MODEL_QUANTIZATION_UNSUPPORTED
 * Source: https://github.com/huggingface/safetensors#format
 */
export async function readSafetensors(path: string): Promise<TensorInfo[]> {
  const file = await openModelFile(path);
  try {
    const { size } = await file.stat();
    const prefix = Buffer.alloc(9);
    const { bytesRead } = await file.read(prefix, 0, 9, 0);
    const headerBytes = prefix.readBigUint64LE(0);
    if (bytesRead < 9) throw truncated(path, size);
    if (prefix[8] !== '{'.charCodeAt(0)) {
      throw new EngineError('MODEL_FORMAT_UNKNOWN', `${path} is not a safetensors file. Get the model again.`);
    }
    if (headerBytes > MAX_HEADER_BYTES) throw invalid(path, `its header would have ${headerBytes} bytes`);
    const tensorsStart = 8 + Number(headerBytes);
    if (tensorsStart > size) throw truncated(path, size);
    const header = Buffer.allocUnsafeSlow(Number(headerBytes));
    await file.read(header, 0, header.length, 8);
    const tensors = parseHeader(path, header.toString('utf8'), tensorsStart);
    checkTensorBounds(tensors, tensorsStart, size, 1);
    return tensors;
  } finally {
    await file.close();
  }
}

function parseHeader(path: string, text: string, tensorsStart: number): TensorInfo[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid(path, 'its header is not JSON');
  }
  if (typeof json === 'object' && json !== null && '__metadata__' in json) delete json.__metadata__;
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success) throw invalid(path, z.prettifyError(parsed.error));
  return Object.entries(parsed.data).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [begin, end],
      },
    ]) => {
      const type = TYPES.get(dtype);
      if (!type) {
        throw new EngineError(
          'MODEL_QUANTIZATION_UNSUPPORTED',
          `${path} stores ${name} as ${dtype}, which this version cannot read. Choose the model in F32, F16 or BF16.`,
          { type: dtype, tensor: name },
        );
      }
      const byteLength = tensorBytes(type, elementCount(shape));
      if (end - begin !== byteLength) throw invalid(path, `tensor ${name} has ${end - begin} of ${byteLength} bytes`);
      return { name, type, shape, file: path, offset: tensorsStart + begin, byteLength };
    },
  );
}

function truncated(path: string, fileBytes: number): EngineError {
  return new EngineError(
    'MODEL_TRUNCATED',
    `${path} is incomplete: it ends at ${fileBytes} bytes, within its header. Download or copy it again.`,
    { fileBytes },
  );
}

function invalid(path: string, problem: string): EngineError {
  return new EngineError('MODEL_HEADER_INVALID', `${path} is damaged: ${problem}. Get the model again.`);
}
