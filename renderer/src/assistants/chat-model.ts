import type { ChatModel } from '../../../electron/ipc/chat-settings.js';
import type { ModelState } from '../../../electron/ipc/frames.js';
import type { LibraryModel } from '../../../electron/ipc/model-contract.js';
import { fileName, modelName } from '../model/model-label.js';
import type { AppState } from '../store/state.js';

/** The loaded model, as a chat remembers it. */
export function loadedChatModel(model: ModelState): ChatModel | null {
  if (model.state !== 'ready') return null;
  return { file: fileName(model.model.path).slice(0, 300), hash: model.model.hash };
}

export function chatModelName({ file }: ChatModel): string {
  return modelName(file);
}

/** The model of the chat at hand, where another one is loaded; null: it is the same, or none is. */
export function otherModel({ model, chats, currentChatId }: AppState): ChatModel | null {
  const own = chats[currentChatId].model;
  return own && model.state === 'ready' && model.model.hash !== own.hash ? own : null;
}

/**
 * Where a model lies on this computer: by what it is, or else by its name, if nobody knows yet what the file of that name
 * is. null: it is not here.
 */
export function pathOfModel({ file, hash }: ChatModel, library: readonly LibraryModel[]): string | null {
  const here = library.filter(({ bytes }) => bytes !== null);
  const same = here.find((model) => model.hash === hash);
  const unknown = here.find((model) => model.hash === null && fileName(model.path) === file);
  return (same ?? unknown)?.path ?? null;
}

/** Another model is here that is called so. */
export function hasNamesake({ file, hash }: ChatModel, library: readonly LibraryModel[]): boolean {
  return library.some((model) => model.bytes !== null && model.hash !== hash && fileName(model.path) === file);
}
