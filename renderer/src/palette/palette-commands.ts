import type { MenuCommand, ShortcutName } from '../../../electron/ipc/shortcuts.js';
import { LANGUAGES } from '../../../locales/languages.js';
import { PRESETS, presetTitle } from '../memory/compression-words.js';
import { COMMANDS } from '../shell/commands.js';
import { keysOf } from '../shell/keys.js';
import type { AppState, ThemeChoice } from '../store/state.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

export interface PaletteCommand {
  id: string;
  words: () => string;
  /** As they are written on the keyboard. */
  keys?: () => string;
  run: () => void;
  /** One that would change nothing now is not shown. */
  applies?: (state: AppState) => boolean;
}

type WithKeys = Extract<MenuCommand, ShortcutName>;
type WithoutKeys = Exclude<MenuCommand, ShortcutName>;

const THEMES: readonly ThemeChoice[] = ['light', 'dark', 'system'];
const hasModel = ({ model }: AppState): boolean => model.state === 'ready';
const hasMessages = ({ chats, currentChatId }: AppState): boolean => chats[currentChatId]?.leafId !== null;

function withKeys(id: WithKeys, applies?: PaletteCommand['applies']): PaletteCommand {
  return { id, words: () => t(`shell.shortcuts.${id}`), keys: () => keysOf(id), run: COMMANDS[id], applies };
}

function withoutKeys(id: WithoutKeys, applies?: PaletteCommand['applies']): PaletteCommand {
  return { id, words: () => t(`shell.commands.${id}`), run: COMMANDS[id], applies };
}

/** In the order in which they are shown, those first that are chosen most. */
export const PALETTE_COMMANDS: readonly PaletteCommand[] = [
  withKeys('newChat'),
  withKeys('find', hasMessages),
  withKeys('openChatTab'),
  withoutKeys('showAssistants'),
  withKeys('openModelMenu'),
  withoutKeys('showModels'),
  withKeys('openModel'),
  withKeys('toggleSurvival', hasModel),
  withoutKeys('toggleComparison', hasModel),
  withKeys('pin', hasMessages),
  withKeys('togglePanel'),
  withKeys('toggleSidebar'),
  withKeys('openSettings'),
  ...PRESETS.map((preset) => ({
    id: `preset.${preset}`,
    words: () => t('palette.preset', { preset: presetTitle(preset) }),
    run: () => actions.setCompression({ preset }),
  })),
  ...THEMES.map((theme) => ({
    id: `theme.${theme}`,
    words: () => t(`palette.themes.${theme}`),
    run: () => actions.setTheme(theme),
    applies: (state: AppState) => state.theme !== theme,
  })),
  // In its own words, for whom the window speaks the wrong one.
  ...LANGUAGES.map((language) => ({
    id: `language.${language}`,
    words: () => t('palette.language', { language: t(`settings.appearance.languages.${language}`) }),
    run: () => void actions.changeSettings({ language }),
    applies: ({ settings }: AppState) => settings?.language !== language,
  })),
  withoutKeys('importChats'),
  withoutKeys('exportChats'),
  withoutKeys('openTrace'),
  withKeys('focusInput'),
  withKeys('showKeys'),
];
