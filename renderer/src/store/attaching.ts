import { MAX_ATTACHMENT_BYTES } from '../../../electron/ipc/attachment-limits.js';
import type { EngineErrorShape } from '../../../engine/errors.js';
import { fileAsPiece, pieceKey } from '../attachments/piece.js';
import { type Bridge, toErrorShape } from '../bridge.js';
import { formatSize } from '../format.js';
import { t } from '../words.js';
import type { AppState } from './state.js';
import type { AppStore } from './store.js';
import { draftOf, withDraft } from './turns.js';

/** A file that is being read, or could not be. */
export interface Attaching {
  id: string;
  chatId: string;
  name: string;
  error: EngineErrorShape | null;
}

/** What is needed of a File. */
interface ChosenFile {
  name: string;
  size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A file of this chat's draft is still being read. */
export function isReading({ attaching }: AppState, chatId: string): boolean {
  return attaching.some((one) => one.chatId === chatId && !one.error);
}

/** What could not be attached to a draft need not be said once it was sent. */
export function withoutRefusals(state: AppState, chatId: string): AppState {
  return { ...state, attaching: state.attaching.filter((one) => one.chatId !== chatId) };
}

/** More than this is not put into the box: typing in it would become slow. */
export const MOST_TYPED = 60_000;

/** Files become pieces of the draft of the chat for which they were chosen. */
export function createAttaching(store: AppStore, bridge: Bridge, newId: () => string) {
  const forget = (id: string) =>
    store.setState(({ attaching }) => ({ attaching: attaching.filter((one) => one.id !== id) }));

  async function read({ id, chatId, name }: Attaching, file: ChosenFile): Promise<void> {
    const isWanted = () => store.getState().attaching.some((one) => one.id === id);
    try {
      if (!isWanted()) return;
      if (file.size > MAX_ATTACHMENT_BYTES) throw tooLarge(file);
      const { text } = await bridge.readAttachment({ name, bytes: new Uint8Array(await file.arrayBuffer()) });
      if (!isWanted()) return;
      forget(id);
      store.setState((state) => {
        const draft = draftOf(state, chatId);
        const hint = state.hint === 'stillReading' ? null : state.hint;
        return withDraft({ ...state, hint }, chatId, { ...draft, pasted: [...draft.pasted, fileAsPiece(name, text)] });
      });
    } catch (thrown) {
      const error = isError(thrown) ? thrown : toErrorShape(thrown);
      store.setState(({ attaching }) => ({
        attaching: attaching.map((one) => (one.id === id ? { ...one, error } : one)),
      }));
    }
  }

  return {
    /** Reads files into the current chat's draft, one after the other. */
    async attachFiles(files: readonly ChosenFile[]): Promise<void> {
      const chatId = store.getState().currentChatId;
      const started = files.map(
        (file): Attaching => ({ id: newId(), chatId, name: file.name || t('attachments.unnamed'), error: null }),
      );
      store.setState(({ attaching }) => ({ attaching: [...attaching, ...started] }));
      for (const [index, attaching] of started.entries()) await read(attaching, files[index]);
    },
    /** Gives up reading a file, or closes what is said of one that could not be read. */
    dropAttaching: forget,
    /** A pasted piece becomes typed text. */
    putIntoMessage(index: number): void {
      store.setState((state) => {
        const chatId = state.currentChatId;
        const { text, pasted } = draftOf(state, chatId);
        const joined = [text.trimEnd(), pasted[index]].filter((part) => part !== '').join('\n\n');
        return withDraft(state, chatId, { text: joined, pasted: pasted.filter((_, place) => place !== index) });
      });
    },
    /** Asks how many tokens a piece is, unless it is known. */
    countTokens(text: string): void {
      const requestId = pieceKey(text);
      const { model, tokenCounts } = store.getState();
      if (model.state !== 'ready' || tokenCounts[requestId] !== undefined) return;
      void bridge.countTokens({ requestId, text }).catch(() => undefined);
    },
  };
}

/** In English, as where other errors are made: `wordsFor` words it. */
function tooLarge({ name, size }: ChosenFile): EngineErrorShape {
  const most = formatSize(MAX_ATTACHMENT_BYTES);
  return {
    code: 'ATTACHMENT_TOO_LARGE',
    message: `“${name}” has ${formatSize(size)}; files up to ${most} can be attached. Attach a part of it.`,
  };
}

function isError(thrown: unknown): thrown is EngineErrorShape {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && !(thrown instanceof Error);
}
