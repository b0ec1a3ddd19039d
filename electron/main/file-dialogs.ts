import { basename } from 'node:path';
import { BrowserWindow, dialog, type WebContents } from 'electron';
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

const FILTERS: Readonly<Record<CallInput<'saveFile'>['kind'], Electron.FileFilter>> = {
  png: { name: 'PNG picture', extensions: ['png'] },
  csv: { name: 'CSV table', extensions: ['csv'] },
  json: { name: 'Pyramid Chat trace', extensions: ['json'] },
};

/** Asks where, and writes. The path; null if cancelled. */
export async function saveFile(
  { name, kind, content }: CallInput<'saveFile'>,
  page: WebContents,
): Promise<string | null> {
  const path = await chooseSavePath(page, { title: 'Export', defaultPath: name, filters: [FILTERS[kind]] });
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
    title: 'Open a trace',
    properties: ['openFile'],
    filters: [FILTERS.json],
  });
  return path === null ? null : { name: basename(path), trace: await readTraceFile(path) };
}
