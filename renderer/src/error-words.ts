import type { EngineErrorCode, EngineErrorShape } from '../../engine/errors.js';
import { formatBytes, formatCount } from './format.js';
import { roundedUp } from './memory/compression-words.js';

/** What the user can do about an error, as buttons. */
export type WayOut =
  | 'tryAgain'
  | 'editMessage'
  | 'newChat'
  | 'leastBudget'
  | 'faithful'
  | 'chooseModel'
  | 'defaultModel'
  | 'openLog';

interface Words {
  title: string;
  ways: readonly WayOut[];
}

const MODEL_FILE: readonly WayOut[] = ['chooseModel', 'defaultModel'];

const WORDS: Readonly<Record<EngineErrorCode, Words>> = {
  MODEL_FILE_MISSING: { title: 'The model file is not there.', ways: MODEL_FILE },
  MODEL_FILE_UNREADABLE: { title: 'The model file cannot be read.', ways: MODEL_FILE },
  MODEL_FORMAT_UNKNOWN: { title: 'This is not a model file that can be opened.', ways: MODEL_FILE },
  MODEL_TRUNCATED: { title: 'The model file is cut short.', ways: MODEL_FILE },
  MODEL_HEADER_INVALID: { title: 'The model file is damaged.', ways: MODEL_FILE },
  MODEL_NOT_GENUINE: { title: 'The model that came with the app is damaged.', ways: ['tryAgain', 'chooseModel'] },
  MODEL_TENSOR_OUTSIDE_FILE: { title: 'The model file is damaged.', ways: MODEL_FILE },
  MODEL_TENSOR_MISSING: { title: 'The model file lacks a part of the model.', ways: MODEL_FILE },
  MODEL_ARCHITECTURE_UNSUPPORTED: { title: 'This kind of model is not supported.', ways: MODEL_FILE },
  MODEL_QUANTIZATION_UNSUPPORTED: { title: 'This quantization is not supported.', ways: MODEL_FILE },
  MODEL_TOKENIZER_UNSUPPORTED: { title: 'This model’s tokenizer is not supported.', ways: MODEL_FILE },
  IMPORT_DISK_FULL: { title: 'The disk is full.', ways: ['tryAgain', 'chooseModel'] },
  IMPORT_FAILED: { title: 'The model could not be prepared.', ways: ['tryAgain', 'chooseModel', 'openLog'] },
  PROMPT_EMPTY: { title: 'The message is empty.', ways: ['editMessage'] },
  PROMPT_TOO_LONG: { title: 'This does not fit the context.', ways: ['editMessage', 'newChat'] },
  CHAT_TEMPLATE_FAILED: { title: 'The model’s chat template failed.', ways: ['editMessage', 'newChat', 'chooseModel'] },
  REQUEST_INVALID: { title: 'This message was not accepted.', ways: ['editMessage'] },
  COMPRESSION_INVALID: { title: 'This compression is not possible.', ways: ['faithful', 'openLog'] },
  KV_BUDGET_TOO_SMALL: { title: 'The memory budget is too small.', ways: ['leastBudget', 'faithful', 'editMessage'] },
  PROFILE_INVALID: { title: 'The file with measured presets cannot be used.', ways: ['tryAgain', 'openLog'] },
  CASES_INVALID: { title: 'The file with questions cannot be used.', ways: ['openLog'] },
  TEXT_TOO_SHORT: { title: 'The text is too short to measure with.', ways: ['openLog'] },
  TRACE_INVALID: { title: 'This trace cannot be opened.', ways: [] },
  ATTACHMENT_TOO_LARGE: { title: 'This file is too large to attach.', ways: [] },
  ATTACHMENT_UNSUPPORTED: { title: 'This kind of file cannot be attached.', ways: [] },
  ATTACHMENT_ENCRYPTED: { title: 'This file is locked.', ways: [] },
  ATTACHMENT_UNREADABLE: { title: 'This file cannot be read.', ways: [] },
  ATTACHMENT_EMPTY: { title: 'This file has no text.', ways: [] },
  DOWNLOAD_ADDRESS_INVALID: { title: 'This address cannot be used.', ways: [] },
  DOWNLOAD_INTERRUPTED: { title: 'The download was interrupted.', ways: ['tryAgain'] },
  DOWNLOAD_MISMATCH: { title: 'What came is not the file.', ways: ['tryAgain'] },
  DOWNLOAD_NO_SPACE: { title: 'The disk is too full.', ways: ['tryAgain'] },
  DOWNLOAD_REFUSED: { title: 'The download was refused.', ways: ['tryAgain'] },
  DOWNLOAD_STALLED: { title: 'The download stands still.', ways: ['tryAgain'] },
  CHATS_DISK_FULL: { title: 'The disk is full.', ways: ['tryAgain'] },
  CHATS_UNAVAILABLE: { title: 'Chats cannot be kept.', ways: ['tryAgain', 'openLog'] },
  CHATS_DAMAGED: { title: 'The file with your chats was damaged.', ways: ['openLog'] },
  CHATS_NEWER: { title: 'These chats were kept by a newer version.', ways: ['openLog'] },
  CHATS_FILE_INVALID: { title: 'This file cannot be imported.', ways: [] },
  ASSISTANT_FILE_INVALID: { title: 'This is no file of assistants that can be imported.', ways: [] },
  FILE_UNWRITABLE: { title: 'The file could not be saved.', ways: [] },
  SHORTCUT_TAKEN: { title: 'These keys have another use.', ways: [] },
  UPDATE_FAILED: { title: 'The update failed.', ways: [] },
  ENGINE_BUSY: { title: 'The engine is still answering something else.', ways: ['tryAgain'] },
  ENGINE_NOT_READY: { title: 'No model is loaded yet.', ways: ['tryAgain', 'chooseModel'] },
  ENGINE_CRASHED: { title: 'The engine stopped while it answered.', ways: ['tryAgain', 'openLog'] },
  RUNTIME_UNAVAILABLE: { title: 'ONNX Runtime could not be started.', ways: ['tryAgain', 'openLog'] },
  RUNTIME_FAILED: { title: 'ONNX Runtime failed.', ways: ['tryAgain', 'openLog'] },
  OUT_OF_MEMORY: { title: 'There is not enough memory.', ways: ['tryAgain', 'newChat', 'chooseModel'] },
  INTERNAL: { title: 'Something went wrong inside the app.', ways: ['tryAgain', 'openLog'] },
};

/** What to call an error, its own message that follows the title, and which ways out to offer. */
export function wordsFor(error: EngineErrorShape): Words & { message: string } {
  const { title, ways } = WORDS[error.code] ?? WORDS.INTERNAL;
  const least = leastBudget(error);
  return {
    title,
    ways: ways.filter((way) => way !== 'leastBudget' || least !== null),
    message:
      least === null
        ? withSeparators(error)
        : `A chat with this model can grow to ${formatBytes(least)}, even at the strongest compression.`,
  };
}

/** Bytes of the least memory budget that would do, rounded up to what is written of it; null where it is not about that. */
export function leastBudget({ code, details }: EngineErrorShape): number | null {
  const least = details?.leastBytes;
  return code === 'KV_BUDGET_TOO_SMALL' && typeof least === 'number' ? roundedUp(least) : null;
}

/** The message with its figures as they are written elsewhere: 121409 → 121,409. The digits of a path stay. */
function withSeparators({ message, details = {} }: EngineErrorShape): string {
  const figures = Object.values(details).filter((value) => typeof value === 'number' && value >= 1000);
  return figures.reduce<string>((text, figure) => {
    const alone = new RegExp(String.raw`(?<![\w./\\-])${figure}(?![\w/\\-]|\.\w)`, 'g');
    return text.replace(alone, formatCount(Number(figure)));
  }, message);
}
