import { assistantFileProblem, assistantFileWords } from '../../electron/ipc/assistant-file-words.js';
import { chatFileProblem, chatFileWords } from '../../electron/ipc/chat-file-words.js';
import type { EngineErrorCode, EngineErrorShape } from '../../engine/errors.js';
import { currentLanguage } from '../../locales/words.js';
import { formatBytes, formatCount } from './format.js';
import { roundedUp } from './memory/compression-words.js';
import { t } from './words.js';

/** What the user can do about an error, as buttons. */
export type WayOut =
  | 'tryAgain'
  | 'editMessage'
  | 'editSystemPrompt'
  | 'newChat'
  | 'leastBudget'
  | 'faithful'
  | 'compact'
  | 'onProcessor'
  | 'chooseModel'
  | 'defaultModel'
  | 'openData'
  | 'openLog';

const MODEL_FILE: readonly WayOut[] = ['chooseModel', 'defaultModel'];

const WAYS: Readonly<Record<EngineErrorCode, readonly WayOut[]>> = {
  MODEL_FILE_MISSING: MODEL_FILE,
  MODEL_FILE_UNREADABLE: MODEL_FILE,
  MODEL_FORMAT_UNKNOWN: MODEL_FILE,
  MODEL_TRUNCATED: MODEL_FILE,
  MODEL_HEADER_INVALID: MODEL_FILE,
  MODEL_NOT_GENUINE: ['tryAgain', 'chooseModel'],
  MODEL_TENSOR_OUTSIDE_FILE: MODEL_FILE,
  MODEL_TENSOR_MISSING: MODEL_FILE,
  MODEL_ARCHITECTURE_UNSUPPORTED: MODEL_FILE,
  MODEL_QUANTIZATION_UNSUPPORTED: MODEL_FILE,
  MODEL_TOKENIZER_UNSUPPORTED: MODEL_FILE,
  IMPORT_DISK_FULL: ['tryAgain', 'chooseModel'],
  IMPORT_FAILED: ['tryAgain', 'chooseModel', 'openLog'],
  PROMPT_EMPTY: ['editMessage'],
  PROMPT_TOO_LONG: ['editMessage', 'newChat'],
  SYSTEM_PROMPT_TOO_LONG: ['editSystemPrompt', 'tryAgain', 'newChat'],
  CHAT_TEMPLATE_FAILED: ['editMessage', 'newChat', 'chooseModel'],
  REQUEST_INVALID: ['editMessage'],
  COMPRESSION_INVALID: ['faithful', 'openLog'],
  KV_BUDGET_TOO_SMALL: ['leastBudget', 'faithful', 'editMessage'],
  PROFILE_INVALID: ['tryAgain', 'openLog'],
  CASES_INVALID: ['openLog'],
  TEXT_TOO_SHORT: ['openLog'],
  TRACE_INVALID: [],
  ATTACHMENT_TOO_LARGE: [],
  ATTACHMENT_UNSUPPORTED: [],
  ATTACHMENT_ENCRYPTED: [],
  ATTACHMENT_UNREADABLE: [],
  ATTACHMENT_EMPTY: [],
  DOWNLOAD_ADDRESS_INVALID: [],
  DOWNLOAD_INTERRUPTED: ['tryAgain'],
  DOWNLOAD_MISMATCH: ['tryAgain'],
  DOWNLOAD_NO_SPACE: ['tryAgain'],
  DOWNLOAD_REFUSED: ['tryAgain'],
  DOWNLOAD_STALLED: ['tryAgain'],
  CHATS_DISK_FULL: ['tryAgain'],
  CHATS_UNAVAILABLE: ['tryAgain', 'openLog'],
  CHATS_DAMAGED: ['openLog'],
  CHATS_NEWER: ['openLog'],
  CHATS_FILE_INVALID: [],
  ASSISTANT_FILE_INVALID: [],
  ASSISTANTS_DAMAGED: ['openData'],
  ASSISTANTS_TOO_MANY: [],
  FILE_UNWRITABLE: [],
  SHORTCUT_TAKEN: [],
  UPDATE_FAILED: [],
  ENGINE_BUSY: ['tryAgain'],
  ENGINE_NOT_READY: ['tryAgain', 'chooseModel'],
  ENGINE_CRASHED: ['tryAgain', 'openLog'],
  DEVICE_UNAVAILABLE: ['onProcessor', 'tryAgain', 'openLog'],
  DEVICE_TOO_SMALL: ['onProcessor', 'chooseModel'],
  DEVICE_LOST: ['tryAgain', 'openLog'],
  RUNTIME_UNAVAILABLE: ['tryAgain', 'openLog'],
  RUNTIME_FAILED: ['tryAgain', 'openLog'],
  OUT_OF_MEMORY: ['compact', 'onProcessor', 'tryAgain', 'newChat', 'chooseModel'],
  INTERNAL: ['tryAgain', 'openLog'],
};

export interface ErrorWords {
  title: string;
  /** The cause and the way out. */
  message: string;
  /** What was said where it failed, in English, if the message is in another language: it may name more. */
  wording: string | null;
  ways: readonly WayOut[];
}

/** What to call an error, what follows the title, and which ways out to offer. */
export function wordsFor(error: EngineErrorShape): ErrorWords {
  const code = error.code in WAYS ? error.code : 'INTERNAL';
  const least = leastBudget(error);
  const whole = fileWords(error);
  return {
    title: t(`errors.${code}.title`),
    message:
      whole ??
      (least === null
        ? t(`errors.${code}.text`, { ...writtenDetails(error), message: withSeparators(error) })
        : t('errors.leastBudget', { bytes: formatBytes(least) })),
    wording: currentLanguage() === 'en' || error.message === '' || whole !== null ? null : error.message,
    ways: WAYS[code].filter((way) => way !== 'leastBudget' || least !== null),
  };
}

/** Bytes of the least memory budget that would do, rounded up to what is written of it; null where it is not about that. */
export function leastBudget({ code, details }: EngineErrorShape): number | null {
  const least = details?.leastBytes;
  return code === 'KV_BUDGET_TOO_SMALL' && typeof least === 'number' ? roundedUp(least) : null;
}

/** Figures as they are written elsewhere. */
function writtenDetails({ details = {} }: EngineErrorShape): Record<string, string> {
  const written = (name: string, value: number) => (name.endsWith('Bytes') ? formatBytes(value) : formatCount(value));
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'number' ? written(name, value) : String(value),
    ]),
  );
}

/** The message with its figures as they are written elsewhere: 121409 → 121,409. The digits of a path stay. */
function withSeparators({ message, details = {} }: EngineErrorShape): string {
  const figures = Object.values(details).filter((value) => typeof value === 'number' && value >= 1000);
  return figures.reduce<string>((text, figure) => {
    const alone = new RegExp(String.raw`(?<![\w./\\-])${figure}(?![\w/\\-]|\.\w)`, 'g');
    return text.replace(alone, formatCount(Number(figure)));
  }, message);
}

/** All that is to be said where a file's problem crosses as figures; null: it is about something else. */
function fileWords(error: EngineErrorShape): string | null {
  const inAssistants = assistantFileProblem(error);
  const inChats = chatFileProblem(error);
  if (inAssistants) return assistantFileWords(inAssistants);
  return inChats && chatFileWords(inChats);
}
