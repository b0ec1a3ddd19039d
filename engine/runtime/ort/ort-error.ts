import { EngineError } from '../../errors.js';

/** As Dawn says it, and Vulkan, whose words it passes on. */
const DEVICE_LOST = /\[Device[^\]]*\] is lost|\bdevice (is |was )?lost\b|DEVICE_LOST/i;
/** The number is wgpu::ErrorType's. */
const DEVICE_FULL = /^WebGPU device error\(3\)|OUT_OF_DEVICE_MEMORY/;

/** ORT's message as an error of ours; what happened is recognised by its words, most of it has no code. */
export function runtimeError(message: string, ortCode = 0): EngineError {
  if (DEVICE_LOST.test(message)) {
    return new EngineError(
      'DEVICE_LOST',
      'The driver of the graphics processor was reset, it was unplugged, or the computer slept. Try again: it is opened anew, and where that does not help, the model runs on the processor.',
      undefined,
      { cause: message },
    );
  }
  if (DEVICE_FULL.test(message)) {
    return new EngineError(
      'OUT_OF_MEMORY',
      'The graphics processor ran out of memory. Choose a stronger compression, start a new chat, close other programs, or run the model on the processor.',
      undefined,
      { cause: message },
    );
  }
  if (/failed to allocate memory|bad[ _]alloc/i.test(message)) {
    return new EngineError(
      'OUT_OF_MEMORY',
      `ONNX Runtime ran out of memory: ${message}. Close other programs or use a shorter context.`,
    );
  }
  return new EngineError('RUNTIME_FAILED', `ONNX Runtime: ${message}`, { ortCode });
}
