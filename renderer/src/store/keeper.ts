import { type Bridge, toErrorShape } from '../bridge.js';
import { changesBetween, type Kept, NOTHING_KEPT, withChatsKept } from './changes.js';
import type { AppState } from './state.js';
import type { AppStore } from './store.js';

/** A change is on the disk so soon: at least twice a second while an answer is written. */
const DELAY_MS = 350;
/** What could not be kept is tried again. */
const RETRY_MS = 5000;
/** What is written while an answer grows may be behind again at once: then memory is let go of another time. */
const RELEASE_TRIES = 3;

/** Keeps on the disk what the store has of chats: it compares, so that nothing that changes them has to think of it. */
export interface Keeper {
  /** When it resolves, all of this moment is on the disk, or `keepError` says why not. */
  flush(): Promise<void>;
  /** Changes the store by what was just read from the disk: that is kept already. */
  adopt(chatIds: readonly string[], change: (state: AppState) => AppState): Promise<void>;
  /** Lets go of what can be read again; of nothing while there is something that is not on the disk. */
  release(change: (state: AppState) => AppState): Promise<void>;
  /** From now on changes are kept by themselves. */
  start(): () => void;
}

export function createKeeper(store: AppStore, bridge: Pick<Bridge, 'keepChats'>): Keeper {
  let kept: Kept = NOTHING_KEPT;
  let writing: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function write(): Promise<void> {
    const state = store.getState();
    const changes = changesBetween(kept, state);
    try {
      if (changes) await bridge.keepChats(changes);
      kept = state;
      if (store.getState().keepError) store.setState({ keepError: null });
    } catch (thrown) {
      const keepError = toErrorShape(thrown);
      // What was rescued may lack something of what is in memory.
      if (keepError.code === 'CHATS_DAMAGED') kept = withoutLoaded(kept);
      store.setState({ keepError });
      schedule(RETRY_MS);
    }
  }

  function schedule(delayMs: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void flush();
    }, delayMs);
  }

  /** One at a time, so that an older state never comes after a newer one. */
  async function flush(): Promise<void> {
    while (writing) await writing;
    clearTimeout(timer);
    timer = undefined;
    writing = write().finally(() => {
      writing = null;
    });
    await writing;
  }

  function takeAsKept(chatIds: readonly string[], change: (state: AppState) => AppState): void {
    const before = store.getState();
    store.setState(change, true);
    kept = withChatsKept(kept, { before, after: store.getState(), chatIds });
  }

  return {
    flush,
    async adopt(chatIds, change) {
      while (writing) await writing;
      takeAsKept(chatIds, change);
    },
    async release(change) {
      for (let tries = 0; tries < RELEASE_TRIES; tries++) {
        await flush();
        const state = store.getState();
        if (state.keepError) return;
        if (changesBetween(kept, state)) continue;
        takeAsKept(Object.keys(state.trees), change);
        return;
      }
    },
    start: () =>
      store.subscribe((state, before) => {
        if (CHANGING.some((part) => state[part] !== before[part])) schedule(DELAY_MS);
      }),
  };
}

const CHANGING = ['chats', 'trees', 'messages', 'pins', 'drafts'] as const;

function withoutLoaded({ chats, trees }: Kept): Kept {
  const others = Object.fromEntries(Object.entries(chats).filter(([id]) => !(id in trees)));
  return { ...NOTHING_KEPT, chats: others };
}
