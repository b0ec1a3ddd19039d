import type { MenuCommand } from '../../../electron/ipc/shortcuts.js';
import { openAssistants, openChatTab } from '../assistants/open.js';
import { FIND_ID } from '../find/FindBar.js';
import { MODEL_PICKER_ID } from '../model/ModelPicker.js';
import { openModels } from '../models/models-store.js';
import { pinHere } from '../pins/pin-here.js';
import { focusSearch } from '../sidebar/focus-search.js';
import { currentEdit } from '../store/edits.js';
import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';

/** What there is to do, in the whole window. */
export const COMMANDS: Readonly<Record<MenuCommand, () => void>> = {
  newChat: () => actions.newChat(),
  openModel: () => void actions.chooseModel('file'),
  openModelMenu: () => document.getElementById(MODEL_PICKER_ID)?.click(),
  showModels: () => openModels('library'),
  showAssistants: openAssistants,
  openTrace: () => void actions.openTrace(),
  toggleSidebar: () => actions.toggleSidebar(),
  togglePanel: () => actions.togglePanel(),
  toggleSurvival: () => actions.toggleSurvival(),
  toggleComparison: () => actions.toggleComparison(),
  openPalette: () => actions.toggleDialog('palette'),
  searchChats: focusSearch,
  importChats: () => void actions.importChats(),
  exportChats: () => void actions.exportChats(null, 'json'),
  find,
  pin: pinHere,
  openChatTab,
  openSettings: () => actions.showPanelTab('settings'),
  openWhole: () => actions.leaveQuick('whole'),
  showKeys: () => actions.toggleDialog('keys'),
  stop: leave,
  focusInput: () => actions.focusInput(),
};

/** What the small window has room for. */
const IN_QUICK: readonly MenuCommand[] = ['newChat', 'stop', 'focusInput', 'openWhole', 'pin'];

/** What keys and native menus do; most of it in the whole window. */
export function runCommand(command: MenuCommand): void {
  if (!IN_QUICK.includes(command)) actions.leaveQuick('whole');
  COMMANDS[command]();
}

/** Once more: what is looked for can be written anew. */
function find(): void {
  actions.openFind();
  const input = document.getElementById(FIND_ID);
  if (input instanceof HTMLInputElement) input.select();
}

/** Goes back to now, closes what is laid over the chat, or stops. */
function leave(): void {
  const { dialog, overlay, moment, finding, survival, running, isQuick, currentChatId } = appStore.getState();
  if (dialog !== null) actions.closeDialog();
  else if (currentEdit(appStore.getState())) actions.cancelEdit();
  else if (finding && !overlay) actions.closeFind();
  else if (moment !== null) actions.backToNow();
  else if (overlay) actions.hide(overlay);
  else if (survival !== null && !running) actions.toggleSurvival();
  else if (isQuick && running?.chatId !== currentChatId) actions.leaveQuick('away');
  else actions.stop();
}
