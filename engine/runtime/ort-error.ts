import { EngineError } from '../errors.js';

/** ORT's message as an error of ours; what it says when memory runs out is recognised by its words, it has no code. */
export function runtimeError(message: string, ortCode = 0): EngineError {
  if (/failed to allocate memory|bad[ _]alloc/i.test(message)) {
    return new EngineError(
      'OUT_OF_MEMORY',
      `ONNX Runtime ran out of memory: ${message}. Close other programs or use a shorter context.`,
    );
  }
  return new EngineError('RUNTIME_FAILED', `ONNX Runtime: ${message}`, { ortCode });
}
