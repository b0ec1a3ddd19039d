import './no-telemetry.js';
import '../reading/plain-attention.js';
import koffi from 'koffi';
import { EngineError } from '../../errors.js';
import { loadLibrary } from './native-library.js';
import { ortLibraryPath } from './ort-library.js';

/** The API version asked for: every function below is in it, and onnxruntime-node 1.30 serves it and all older ones. */
const API_VERSION = 22;
const POINTER = 'void *';
const STRINGS = 'const char **';

/** Place in `struct OrtApi` (onnxruntime_c_api.h; the struct only ever grows at its end), result, arguments. */
const FUNCTIONS = {
  GetErrorCode: [1, 'int', POINTER],
  GetErrorMessage: [2, 'const char *', POINTER],
  CreateSessionOptions: [10, POINTER, POINTER],
  SetSessionLogSeverityLevel: [22, POINTER, POINTER, 'int'],
  SetSessionGraphOptimizationLevel: [23, POINTER, POINTER, 'int'],
  CreateRunOptions: [39, POINTER, POINTER],
  CreateTensorAsOrtValue: [48, POINTER, POINTER, POINTER, 'size_t', 'int', POINTER],
  CreateTensorWithDataAsOrtValue: [49, POINTER, POINTER, POINTER, 'size_t', POINTER, 'size_t', 'int', POINTER],
  GetTensorMutableData: [51, POINTER, POINTER, POINTER],
  CreateMemoryInfo: [68, POINTER, 'const char *', 'int', 'int', 'int', POINTER],
  ReleaseStatus: [93, 'void', POINTER],
  ReleaseSession: [95, 'void', POINTER],
  ReleaseMemoryInfo: [94, 'void', POINTER],
  ReleaseValue: [96, 'void', POINTER],
  ReleaseRunOptions: [97, 'void', POINTER],
  ReleaseSessionOptions: [100, 'void', POINTER],
  DisablePerSessionThreads: [120, POINTER, POINTER],
  CreateThreadingOptions: [121, POINTER, POINTER],
  ReleaseThreadingOptions: [122, 'void', POINTER],
  AddSessionConfigEntry: [130, POINTER, POINTER, 'const char *', 'const char *'],
  CreateAllocator: [131, POINTER, POINTER, POINTER, POINTER],
  ReleaseAllocator: [132, 'void', POINTER],
  RunWithBinding: [133, POINTER, POINTER, POINTER, POINTER],
  CreateIoBinding: [134, POINTER, POINTER, POINTER],
  ReleaseIoBinding: [135, 'void', POINTER],
  BindInput: [136, POINTER, POINTER, 'const char *', POINTER],
  BindOutput: [137, POINTER, POINTER, 'const char *', POINTER],
  CreateAndRegisterAllocator: [144, POINTER, POINTER, POINTER, POINTER],
  SetGlobalIntraOpNumThreads: [147, POINTER, POINTER, 'int'],
  AddInitializer: [150, POINTER, POINTER, 'const char *', POINTER],
  CreateEnvWithCustomLoggerAndGlobalThreadPools: [
    151,
    POINTER,
    POINTER,
    POINTER,
    'int',
    'const char *',
    POINTER,
    POINTER,
  ],
  AddRunConfigEntry: [165, POINTER, POINTER, 'const char *', 'const char *'],
  CreatePrepackedWeightsContainer: [166, POINTER, POINTER],
  ReleasePrepackedWeightsContainer: [167, 'void', POINTER],
  CreateSessionFromArrayWithPrepackedWeightsContainer: [
    169,
    POINTER,
    POINTER,
    POINTER,
    'size_t',
    POINTER,
    POINTER,
    POINTER,
  ],
  SessionOptionsAppendExecutionProvider: [216, POINTER, POINTER, 'const char *', STRINGS, STRINGS, 'size_t'],
  /** In the struct since API version 23; onnxruntime-node 1.30 has it. */
  CopyTensors: [386, POINTER, POINTER, POINTER, POINTER, POINTER, 'size_t'],
} as const satisfies Record<string, readonly [number, string, ...string[]]>;

type FunctionName = keyof typeof FUNCTIONS;
/** Addresses are bigints, memory of ours is a typed array, null is a null pointer. */
type Argument = bigint | number | string | readonly string[] | NodeJS.TypedArray | null;
type NativeFunction = ((...args: Argument[]) => unknown) & {
  async(...args: [...Argument[], (error: Error | null, result: unknown) => void]): void;
};

export interface OrtFunctions extends Record<FunctionName, NativeFunction> {
  readonly version: string;
}

let loaded: OrtFunctions | undefined;

export function loadOrtFunctions(): OrtFunctions {
  loaded ??= load();
  return loaded;
}

function load(): OrtFunctions {
  const library = loadLibrary(ortLibraryPath());
  const base: unknown = library.func('void *OrtGetApiBase()')();
  const getApi = koffi.decode(koffi.decode(base, 0, POINTER), koffi.proto('void *OrtGetApi(uint32_t)'));
  const getVersion = koffi.decode(
    koffi.decode(base, koffi.sizeof(POINTER), POINTER),
    koffi.proto('const char *OrtGetVersion()'),
  );
  const version: string = getVersion();
  const api: unknown = getApi(API_VERSION);
  if (!api)
    throw new EngineError('RUNTIME_UNAVAILABLE', `ONNX Runtime ${version} has no C API of version ${API_VERSION}.`);
  const entries = Object.entries(FUNCTIONS).map(([name, [index, result, ...args]]) => {
    const address: unknown = koffi.decode(api, index * koffi.sizeof(POINTER), POINTER);
    return [name, koffi.decode(address, koffi.proto(`Ort${name}`, result, args))];
  });
  return { ...Object.fromEntries(entries), version } as OrtFunctions;
}
