import type { CallInput, CallOutput } from '../../../electron/ipc/contract.js';
import type { Bridge } from '../bridge.js';
import { toErrorShape } from '../bridge.js';
import { formatCount } from '../format.js';
import { t } from '../words.js';
import type { Keeper } from './keeper.js';
import { fromSummary } from './kept-shapes.js';
import type { AppStore } from './store.js';

type FileBridge = Pick<Bridge, 'exportChats' | 'importChats'>;

/** Chats to files and from them. */
export function createFileActions(store: AppStore, bridge: FileBridge, keeper: Keeper) {
  async function attempt(work: () => Promise<void>): Promise<void> {
    store.setState({ fileError: null });
    try {
      await work();
    } catch (thrown) {
      store.setState({ fileError: toErrorShape(thrown) });
    }
  }

  return {
    /** @param chatIds null: all */
    exportChats: (chatIds: readonly string[] | null, format: CallInput<'exportChats'>['format']) =>
      attempt(async () => {
        // What is exported is read from the disk.
        await keeper.flush();
        const [only] = chatIds?.length === 1 ? chatIds : [];
        const name =
          only === undefined
            ? t('chat.files.allChats')
            : (store.getState().chats[only]?.title ?? t('chat.list.untitled'));
        const path = await bridge.exportChats({ chatIds, format, name });
        if (path !== null) store.setState({ toast: { words: () => t('chat.files.saved', { path }), undo: null } });
      }),
    importChats: () =>
      attempt(async () => {
        const imported = await bridge.importChats();
        if (!imported) return;
        const chats = Object.fromEntries(imported.chats.map((chat) => [chat.id, fromSummary(chat)]));
        await keeper.adopt(Object.keys(chats), (state) => ({
          ...state,
          chats: { ...state.chats, ...chats },
          toast: { words: () => importWords(imported), undo: null },
        }));
      }),
  };
}

function importWords({ chats, known, empty }: NonNullable<CallOutput<'importChats'>>): string {
  const parts = [t('chat.files.imported', { count: chats.length, written: formatCount(chats.length) })];
  if (known > 0) parts.push(t('chat.files.known', { count: known, written: formatCount(known) }));
  if (empty > 0) parts.push(t('chat.files.empty', { written: formatCount(empty) }));
  return parts.join(', ');
}
