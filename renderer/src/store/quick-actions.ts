import type { WindowMode } from '../../../electron/ipc/window-mode.js';
import type { Bridge } from '../bridge.js';
import { showsComparison } from './comparison.js';
import type { AppState } from './state.js';
import type { AppStore } from './store.js';
import { isUntouched } from './turns.js';

/** So long after the small window was put away it still comes with its last chat. */
const SAME_CHAT_MS = 10 * 60_000;

type Edit = Pick<AppState, 'editingId' | 'editedText'>;

interface Opening {
  openChat: (chatId: string) => Promise<void>;
  newChat: () => void;
  setNarrow: (isNarrow: boolean) => void;
}

/** The window as a small one. Its chat is a chat like any other; what the whole one showed comes back with that. */
export function createQuickActions(store: AppStore, bridge: Pick<Bridge, 'leaveQuick'>, opening: Opening) {
  let last: { chatId: string; at: number } | null = null;
  /** The chat of the whole window, with the message that was being changed in it; null: a new one. */
  let before: { chatId: string; edit: Edit } | null = null;
  let wasNarrow = false;

  function begin(): void {
    const { currentChatId: chatId, chats, isNarrow, editingId, editedText } = store.getState();
    wasNarrow = isNarrow;
    before = isUntouched(store.getState(), chats[chatId]) ? null : { chatId, edit: { editingId, editedText } };
    store.setState({ isQuick: true, dialog: null, overlay: null, finding: false, survival: null });
    if (last && chats[last.chatId] && Date.now() - last.at < SAME_CHAT_MS) void opening.openChat(last.chatId);
    else opening.newChat();
  }

  function end(): void {
    last = { chatId: store.getState().currentChatId, at: Date.now() };
    store.setState({ isQuick: false });
  }

  function comeBack(): void {
    if (before === null || !store.getState().chats[before.chatId]) {
      opening.newChat();
      return;
    }
    const { chatId, edit } = before;
    void opening.openChat(chatId).then(() => {
      if (edit.editingId !== null && store.getState().currentChatId === chatId) store.setState(edit);
    });
  }

  function leaveQuick(to: 'whole' | 'away'): void {
    if (!store.getState().isQuick) return;
    // At once: what is asked for next is for the whole window, and comes where that has it.
    if (to === 'whole') {
      end();
      opening.setNarrow(wasNarrow);
    }
    void bridge.leaveQuick(to).catch(() => undefined);
  }

  return {
    leaveQuick,
    /** As main has it. */
    setWindowMode(mode: WindowMode): void {
      const { isQuick } = store.getState();
      if (mode === 'quick' && !isQuick) begin();
      if (mode === 'quick' || !isQuick) return;
      end();
      if (mode === 'whole') return;
      comeBack();
    },
    /** Another program is used now: what is being answered here is waited for. */
    leaveQuickIfIdle(): void {
      const { running, queued, currentChatId } = store.getState();
      const awaited = [...queued, ...(running ? [running] : [])];
      if (!awaited.some(({ chatId }) => chatId === currentChatId)) leaveQuick('away');
    },
    /** What has no room in the small window makes it the whole one. */
    followNeeds: () =>
      store.subscribe((state, earlier) => {
        if (state.isQuick && earlier.isQuick && needsRoom(state) && !needsRoom(earlier)) leaveQuick('whole');
      }),
  };
}

function needsRoom(state: AppState): boolean {
  const { dialog, overlay, survival, replay } = state;
  return dialog !== null || overlay !== null || survival !== null || replay !== null || showsComparison(state);
}
