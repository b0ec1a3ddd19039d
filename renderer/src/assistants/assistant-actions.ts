import type { Assistant, SharedAssistant } from '../../../electron/ipc/assistant-contract.js';
import { MAX_ASSISTANT_DESCRIPTION, MAX_ASSISTANT_NAME } from '../../../electron/ipc/chat-limits.js';
import type { Bridge } from '../bridge.js';
import { isSameChoice } from '../memory/compression-words.js';
import type { AppState } from '../store/state.js';
import type { AppStore } from '../store/store.js';
import { t } from '../words.js';
import { settingsOf } from './ask-settings.js';
import { AssistantList } from './assistant-list.js';
import { findAssistant, losesByHand, undoOf, withAssistant } from './assistants-state.js';

type AssistantBridge = Pick<Bridge, 'readAssistants' | 'keepAssistants' | 'exportAssistants' | 'importAssistants'>;

/** What an assistant is told beside the settings that it takes from a chat. */
export interface AboutAssistant {
  name: string;
  description: string;
  withModel: boolean;
}

/** The user's assistants, and their use in chats. */
export function createAssistantActions(store: AppStore, bridge: AssistantBridge, newId: () => string) {
  const list = new AssistantList(store, newId);
  /** As the file has them; null: it was not read yet, or could not be. */
  let kept: readonly Assistant[] | null = null;

  /** Gives the chat at hand what an assistant sets; what was set by hand can be brought back for a while. */
  function takeAssistant(id: string): void {
    const before = store.getState();
    const found = findAssistant(before.assistants, id);
    if (!found) return;
    store.setState((state) => withAssistant(state, before.currentChatId, found), true);
    // What was set by hand is not lost by a choice.
    if (!losesByHand(before, found)) return;
    store.setState({ toast: { words: () => t('assistants.taken', { name: found.name }), undo: undoOf(before) } });
  }

  /** Again, in another language: only those that came with the app. What was made before it was read is kept with it. */
  const readAssistants = () =>
    list.attempt(async () => {
      const { builtIn, own, damage } = await bridge.readAssistants();
      if (kept === null) {
        if (damage) store.setState({ fileError: damage });
        kept = own;
        list.change((made) => ({ own: made.own.length === 0 ? own : [...own, ...made.own] }));
      }
      list.change(() => ({ builtIn }));
    });

  store.subscribe(
    ({ assistants }) => assistants.own,
    (own) => {
      if (own === kept) return;
      if (kept === null) {
        void readAssistants();
        return;
      }
      kept = own;
      void list.attempt(() => bridge.keepAssistants({ assistants: own }));
    },
  );

  return {
    takeAssistant,
    readAssistants,
    /** The present chat's settings become an assistant, which that chat has from then on. */
    saveAsAssistant(about: AboutAssistant): void {
      const [added] = list.add([assistantOf(store.getState(), about)]);
      if (added) takeAssistant(added.id);
    },
    renameAssistant(id: string, name: string): void {
      const wanted = name.trim().slice(0, MAX_ASSISTANT_NAME);
      if (wanted === '') return;
      list.change(({ own }) => ({ own: own.map((one) => (one.id === id ? { ...one, name: wanted } : one)) }));
    },
    duplicateAssistant(id: string): void {
      const found = findAssistant(store.getState().assistants, id);
      if (found) list.add([shared(found)]);
    },
    deleteAssistant: (id: string) => list.remove(id),
    exportAssistants: (ids: readonly string[]) =>
      list.attempt(async () => {
        const assistants = list.all.filter(({ id }) => ids.includes(id)).map(shared);
        const path = await bridge.exportAssistants({ assistants });
        if (path !== null) store.setState({ toast: { words: () => t('assistants.exported', { path }), undo: null } });
      }),
    importAssistants: () =>
      list.attempt(async () => {
        const imported = await bridge.importAssistants();
        const added = imported ? list.add(imported) : [];
        if (added.length > 0) store.setState({ toast: { words: () => importWords(added), undo: null } });
      }),
    closeAssistantError: () => list.change(() => ({ error: null })),
  };
}

function importWords(added: readonly Assistant[]): string {
  if (added.length === 1) return t('assistants.importedOne', { name: added[0].name });
  return t('assistants.importedMany', { written: added.length });
}

function shared({ id: _id, ...assistant }: Assistant): SharedAssistant {
  return assistant;
}

function assistantOf(state: AppState, { name, description, withModel }: AboutAssistant): SharedAssistant {
  const { currentChatId, chats, compression, appCompression } = state;
  const { assistantId: _id, maxTokensBefore: _limit, ...settings } = settingsOf(state, currentChatId);
  const isOwn = compression && !(appCompression && isSameChoice(compression, appCompression));
  const { model } = chats[currentChatId];
  return {
    name: name.trim().slice(0, MAX_ASSISTANT_NAME),
    ...(description.trim() !== '' && { description: description.trim().slice(0, MAX_ASSISTANT_DESCRIPTION) }),
    ...settings,
    ...(isOwn && { compression }),
    ...(withModel && model && { model }),
  };
}
