import type { Assistant, SharedAssistant } from '../../../electron/ipc/assistant-contract.js';
import { MAX_ASSISTANTS } from '../../../electron/ipc/chat-limits.js';
import type { EngineErrorShape } from '../../../engine/errors.js';
import { toErrorShape } from '../bridge.js';
import type { AppState } from '../store/state.js';
import type { AppStore } from '../store/store.js';
import { t } from '../words.js';
import { type Assistants, freeName } from './assistants-state.js';

function tooMany(): EngineErrorShape {
  const message = `There can be ${MAX_ASSISTANTS} assistants at most. Delete some first.`;
  return { code: 'ASSISTANTS_TOO_MANY', message, details: { most: MAX_ASSISTANTS } };
}

/** The list of assistants in the store: what goes into it and out of it. */
export class AssistantList {
  readonly #store: AppStore;
  readonly #newId: () => string;

  constructor(store: AppStore, newId: () => string) {
    this.#store = store;
    this.#newId = newId;
  }

  /** The user's own first. */
  get all(): readonly Assistant[] {
    const { own, builtIn } = this.#store.getState().assistants;
    return [...own, ...builtIn];
  }

  change(make: (assistants: Assistants) => Partial<Assistants>): void {
    this.#store.setState(({ assistants }) => ({ assistants: { ...assistants, ...make(assistants) } }));
  }

  /** What fails is told in the window of assistants. */
  async attempt(work: () => Promise<void>): Promise<void> {
    this.change(() => ({ error: null }));
    try {
      await work();
    } catch (thrown) {
      this.change(() => ({ error: toErrorShape(thrown) }));
    }
  }

  /** Under names that are free. None where not all of them fit; that is told. */
  add(made: readonly SharedAssistant[]): Assistant[] {
    if (this.#store.getState().assistants.own.length + made.length > MAX_ASSISTANTS) {
      this.change(() => ({ error: tooMany() }));
      return [];
    }
    const added: Assistant[] = [];
    for (const one of made)
      added.push({ ...one, id: this.#newId(), name: freeName(one.name, [...this.all, ...added]) });
    this.change(({ own }) => ({ own: [...own, ...added], error: null }));
    return added;
  }

  /** It can be brought back for a while. */
  remove(id: string): void {
    const { own } = this.#store.getState().assistants;
    const at = own.findIndex((one) => one.id === id);
    if (at < 0) return;
    this.change(() => ({ own: own.toSpliced(at, 1) }));
    const undo = (state: AppState): AppState => {
      const others = state.assistants.own;
      if (others.length >= MAX_ASSISTANTS) return { ...state, assistants: { ...state.assistants, error: tooMany() } };
      return { ...state, assistants: { ...state.assistants, own: others.toSpliced(at, 0, own[at]) } };
    };
    this.#store.setState({ toast: { words: () => t('assistants.deleted', { name: own[at].name }), undo } });
  }
}
