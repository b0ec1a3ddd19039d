/** Every way in which the engine can fail, as the user interface and the tests name it. */
export const ENGINE_ERROR_CODES = [
  'MODEL_FILE_MISSING',
  'MODEL_FILE_UNREADABLE',
  'MODEL_FORMAT_UNKNOWN',
  'MODEL_TRUNCATED',
  'MODEL_HEADER_INVALID',
  'MODEL_NOT_GENUINE',
  'MODEL_TENSOR_OUTSIDE_FILE',
  'MODEL_TENSOR_MISSING',
  'MODEL_ARCHITECTURE_UNSUPPORTED',
  'MODEL_QUANTIZATION_UNSUPPORTED',
  'MODEL_TOKENIZER_UNSUPPORTED',
  'IMPORT_DISK_FULL',
  'IMPORT_FAILED',
  'PROMPT_EMPTY',
  'PROMPT_TOO_LONG',
  'SYSTEM_PROMPT_TOO_LONG',
  'CHAT_TEMPLATE_FAILED',
  'REQUEST_INVALID',
  'COMPRESSION_INVALID',
  'KV_BUDGET_TOO_SMALL',
  'PROFILE_INVALID',
  'CASES_INVALID',
  'TEXT_TOO_SHORT',
  'TRACE_INVALID',
  'FILE_UNWRITABLE',
  'ATTACHMENT_TOO_LARGE',
  'ATTACHMENT_UNSUPPORTED',
  'ATTACHMENT_ENCRYPTED',
  'ATTACHMENT_UNREADABLE',
  'ATTACHMENT_EMPTY',
  'DOWNLOAD_ADDRESS_INVALID',
  'DOWNLOAD_INTERRUPTED',
  'DOWNLOAD_MISMATCH',
  'DOWNLOAD_NO_SPACE',
  'DOWNLOAD_REFUSED',
  'DOWNLOAD_STALLED',
  'SHORTCUT_TAKEN',
  'CHATS_DISK_FULL',
  'CHATS_UNAVAILABLE',
  'CHATS_DAMAGED',
  'CHATS_NEWER',
  'CHATS_FILE_INVALID',
  'ASSISTANT_FILE_INVALID',
  'ASSISTANTS_DAMAGED',
  'ASSISTANTS_TOO_MANY',
  'UPDATE_FAILED',
  'ENGINE_BUSY',
  'ENGINE_NOT_READY',
  'ENGINE_CRASHED',
  'DEVICE_UNAVAILABLE',
  'DEVICE_TOO_SMALL',
  'DEVICE_LOST',
  'RUNTIME_UNAVAILABLE',
  'RUNTIME_FAILED',
  'OUT_OF_MEMORY',
  'INTERNAL',
] as const;

export type EngineErrorCode = (typeof ENGINE_ERROR_CODES)[number];

/** What crosses a process border. `message` names the cause and the way out; `details` holds plain JSON only. */
export interface EngineErrorShape {
  code: EngineErrorCode;
  message: string;
  details?: Record<string, string | number | boolean>;
}

/** Longer texts are not for people: what a hostile file says of itself may have megabytes. */
const MOST_CHARACTERS = 1000;

/** Without its middle: a message begins with the place and ends with the way out. */
function clipped(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, 600)} … ${text.slice(-MOST_CHARACTERS + 603)}`;
}

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly details?: EngineErrorShape['details'];

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    details?: EngineErrorShape['details'],
    options?: ErrorOptions,
  ) {
    super(clipped(message), options);
    if (!details) return;
    const short = Object.entries(details).map(([key, value]) => [
      key,
      typeof value === 'string' ? clipped(value) : value,
    ]);
    this.details = Object.fromEntries(short);
  }

  toShape(): EngineErrorShape {
    return { code: this.code, message: this.message, ...(this.details && { details: this.details }) };
  }

  static fromShape({ code, message, details }: EngineErrorShape): EngineError {
    return new EngineError(code, message, details);
  }

  /** Anything thrown, as an EngineError: an unknown failure becomes INTERNAL with the original as its cause. */
  static from(thrown: unknown): EngineError {
    if (thrown instanceof EngineError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new EngineError('INTERNAL', message, undefined, { cause: thrown });
  }
}
