import koffi from 'koffi';

/** OrtLoggingLevel. */
const ERROR = 3;
const LOGGING_FUNCTION =
  'void OrtLoggingFunction(void *param, int severity, const char *category, const char *id, const char *place, const char *message)';

/**
 * What goes wrong on a device, ONNX Runtime tells its log alone: a buffer for which there is no memory counts as made, and
 * what is computed with it is wrong without a word. Here the log's errors are kept until somebody asks.
 */
export class DeviceErrors {
  /** Of OrtEnv. */
  readonly level = ERROR;
  readonly logger = koffi.register(
    (...[, , , , , message]: unknown[]) => this.note(String(message)),
    koffi.pointer(koffi.proto(LOGGING_FUNCTION)),
  );
  private first: string | null = null;

  /** The first one since it was asked last: what follows comes of it. */
  take(): string | null {
    const { first } = this;
    this.first = null;
    return first;
  }

  private note(message: string): void {
    if (/^WebGPU device error/.test(message)) this.first ??= message;
  }
}
