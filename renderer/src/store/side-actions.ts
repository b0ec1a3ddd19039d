import type { AppState, PanelTab } from './state.js';

type Side = 'sidebar' | 'panel';

export function isShown({ isNarrow, overlay, sidebarOpen, panelOpen }: AppState, side: Side): boolean {
  if (isNarrow) return overlay === side;
  return side === 'sidebar' ? sidebarOpen : panelOpen;
}

function showSide(state: AppState, side: Side, shown: boolean): AppState {
  if (state.isNarrow) return { ...state, overlay: shown ? side : null };
  return side === 'sidebar' ? { ...state, sidebarOpen: shown } : { ...state, panelOpen: shown };
}

/** The sides of the window: beside the chat, or laid over it. */
export function createSideActions(update: (change: (state: AppState) => AppState) => void) {
  return {
    /** What was laid over the chat stands beside it where there is room again. */
    setNarrow: (isNarrow: boolean) =>
      update((state) => {
        const { overlay } = state;
        const next = { ...state, isNarrow, overlay: null };
        return isNarrow || overlay === null ? next : showSide(next, overlay, true);
      }),
    toggleSidebar: () => update((state) => showSide(state, 'sidebar', !isShown(state, 'sidebar'))),
    togglePanel: () => update((state) => showSide(state, 'panel', !isShown(state, 'panel'))),
    show: (side: Side) => update((state) => showSide(state, side, true)),
    hide: (side: Side) => update((state) => showSide(state, side, false)),
    showPanelTab: (panelTab: PanelTab) => update((state) => ({ ...showSide(state, 'panel', true), panelTab })),
  };
}
