import type { CallInput, CallOutput } from '../../../electron/ipc/contract.js';
import type { Bridge } from '../bridge.js';
import { toErrorShape } from '../bridge.js';
import { formatCount } from '../format.js';
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
        const name = only === undefined ? 'Chats' : (store.getState().chats[only]?.title ?? 'Chat');
        const path = await bridge.exportChats({ chatIds, format, name });
        if (path !== null) store.setState({ toast: { text: `Saved as ${path}`, undo: null } });
      }),
    importChats: () =>
      attempt(async () => {
        const imported = await bridge.importChats();
        if (!imported) return;
        const chats = Object.fromEntries(imported.chats.map((chat) => [chat.id, fromSummary(chat)]));
        await keeper.adopt(Object.keys(chats), (state) => ({
          ...state,
          chats: { ...state.chats, ...chats },
          toast: { text: importWords(imported), undo: null },
        }));
      }),
  };
}

function importWords({ chats, known, empty }: NonNullable<CallOutput<'importChats'>>): string {
  const parts = [`${formatCount(chats.length)} ${chats.length === 1 ? 'chat' : 'chats'} imported`];
  if (known > 0) parts.push(`${formatCount(known)} ${known === 1 ? 'was' : 'were'} there already`);
  if (empty > 0) parts.push(`${formatCount(empty)} had nothing to read`);
  return parts.join(', ');
}
