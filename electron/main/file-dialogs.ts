import { basename } from 'node:path';
import { BrowserWindow, dialog, type WebContents } from 'electron';
import { t } from '../../locales/words.js';
import type { CallInput, CallOutput } from '../ipc/contract.js';
import { readTraceFile } from './trace-file.js';
import { writeWholeFile } from './whole-file.js';

/** The path that the user chose; null if cancelled. */
export async function chooseOpenPath(page: WebContents, choice: Electron.OpenDialogOptions): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(page);
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, choice)
    : dialog.showOpenDialog(choice));
  return canceled ? null : (filePaths[0] ?? null);
}

function filterOf(kind: CallInput<'saveFile'>['kind']): Electron.FileFilter {
  return { name: t(`main.dialogs.${kind}`), extensions: [kind] };
}

/** Asks where, and writes. The path; null if cancelled. */
export async function saveFile(
  { name, kind, content }: CallInput<'saveFile'>,
  page: WebContents,
): Promise<string | null> {
  const path = await chooseSavePath(page, {
    title: t('main.dialogs.export'),
    defaultPath: name,
    filters: [filterOf(kind)],
  });
  if (path !== null) await writeWholeFile(path, content);
  return path;
}

/** Where the user wants it; null if cancelled. */
export async function chooseSavePath(page: WebContents, choice: Electron.SaveDialogOptions): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(page);
  const { canceled, filePath } = await (window ? dialog.showSaveDialog(window, choice) : dialog.showSaveDialog(choice));
  return canceled || !filePath ? null : filePath;
}

export async function openTrace(page: WebContents): Promise<CallOutput<'openTrace'>> {
  const path = await chooseOpenPath(page, {
    title: t('main.dialogs.openTrace'),
    properties: ['openFile'],
    filters: [filterOf('json')],
  });
  return path === null ? null : { name: basename(path), trace: await readTraceFile(path) };
}
