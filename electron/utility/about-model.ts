import type { ModelState } from '../ipc/frames.js';

/** What is loaded, or why not, in a line for a report: no path. */
export function aboutModel(model: ModelState): string {
  if (model.state === 'failed') return `failed: ${model.error.code}`;
  if (model.state !== 'ready') return model.state;
  const { architecture, quantization, parameters, layers, contextLength, hash } = model.model;
  const { executionProvider, implementation, onnxRuntimeVersion, threads, precision, device, notes } = model.runtime;
  return [
    `${architecture}, ${Math.round(parameters / 1e6)} M parameters, ${layers} layers, ${quantization}, ${precision}`,
    `context ${model.runtime.contextLength} of ${contextLength}`,
    `${executionProvider} by ${implementation}, ONNX Runtime ${onnxRuntimeVersion}, ${threads} threads`,
    ...(device ? [`${device.backend}, ${device.name}, ${device.driver}`] : []),
    ...notes.map(({ code }) => code),
    `${Math.round(model.residentBytes / 1e6)} MB after loading`,
    `SHA-256 ${hash.slice(0, 16)}…`,
  ].join('; ');
}
