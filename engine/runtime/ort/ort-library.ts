import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EngineError } from '../../errors.js';

const LIBRARY_NAME: Partial<Record<NodeJS.Platform, RegExp>> = {
  linux: /^libonnxruntime\.so(\.\d+)*$/,
  darwin: /^libonnxruntime(\.\d+)*\.dylib$/,
  win32: /^onnxruntime\.dll$/,
};

/** Path of the ONNX Runtime library that onnxruntime-node carries for this platform. The one platform-specific place. */
export function ortLibraryPath(): string {
  const packageFolder = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  // A native library cannot be opened inside an asar archive: packaging unpacks it beside.
  const bin = path.join(packageFolder.replace(/([\\/])app\.asar(?=[\\/])/, '$1app.asar.unpacked'), 'bin');
  const pattern = LIBRARY_NAME[process.platform];
  try {
    const napi = readdirSync(bin).find((name) => name.startsWith('napi-')) ?? '';
    const folder = path.join(bin, napi, process.platform, process.arch);
    const name = readdirSync(folder).find((file) => pattern?.test(file));
    if (name) return path.join(folder, name);
  } catch (cause) {
    throw unavailable(bin, cause);
  }
  throw unavailable(bin);
}

function unavailable(folder: string, cause?: unknown): EngineError {
  return new EngineError(
    'RUNTIME_UNAVAILABLE',
    `ONNX Runtime has no library for ${process.platform}-${process.arch} in ${folder}. Install the app again, or run npm run setup.`,
    { platform: process.platform, arch: process.arch },
    { cause },
  );
}
