import { app, dialog, Menu } from 'electron';
import { t } from '../../locales/words.js';
import type { MenuCommand } from '../ipc/shortcuts.js';
import { openLog } from './handlers.js';
import { log } from './log.js';
import { menuTemplate } from './menu.js';

interface NativeMenuOptions {
  send: (command: MenuCommand) => void;
  logFile: string;
  copyDiagnostics: () => Promise<string>;
}

/** Puts the menus in place. */
export function setNativeMenu({ send, logFile, copyDiagnostics }: NativeMenuOptions): void {
  const warn = (thrown: unknown): void => log.warn(thrown);
  const template = menuTemplate({
    platform: process.platform,
    development: !app.isPackaged,
    send,
    openLog: () => void openLog(logFile).catch(warn),
    report: () => void report(copyDiagnostics).catch(warn),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** From the menu, where the page may be what broke. */
async function report(copyDiagnostics: () => Promise<string>): Promise<void> {
  await copyDiagnostics();
  await dialog.showMessageBox({
    type: 'info',
    message: t('main.report.copied'),
    detail: t('main.report.about'),
  });
}
