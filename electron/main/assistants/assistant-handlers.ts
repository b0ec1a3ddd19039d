import type { WebContents } from 'electron';
import { z } from 'zod';
import type { Language } from '../../../locales/languages.js';
import { type assistantCalls, ownAssistants } from '../../ipc/assistant-contract.js';
import { chooseOpenPath, chooseSavePath } from '../file-dialogs.js';
import { safeName } from '../file-name.js';
import { JsonFile } from '../models/json-file.js';
import type { Handlers } from '../validated-ipc.js';
import { writeWholeFile } from '../whole-file.js';
import { assistantFileText, readAssistantFile } from './assistant-file.js';
import { builtInAssistants } from './built-in.js';

const FILTERS: Electron.FileFilter[] = [{ name: 'Assistants of Pyramid Chat', extensions: ['json'] }];

interface AssistantHandlerOptions {
  /** Of the file with the user's own. */
  path: string;
  /** In which those that came with the app are named. */
  language: () => Language;
  onDamaged: (keptAs: string) => void;
}

/** What each call about assistants does. The user's own are kept in one file of the data folder. */
export function assistantHandlers({
  path: file,
  language,
  onDamaged,
}: AssistantHandlerOptions): Pick<Handlers<WebContents>, keyof typeof assistantCalls> {
  const own = new JsonFile({
    path: file,
    schema: z.strictObject({ assistants: ownAssistants }),
    empty: { assistants: [] },
    onDamaged,
  });
  return {
    readAssistants: () => ({ builtIn: builtInAssistants(language()), own: own.current.assistants }),
    keepAssistants: ({ assistants }) => own.update({ assistants }),
    exportAssistants: async ({ assistants }, page) => {
      const name = assistants.length === 1 ? assistants[0].name : 'Assistants';
      const path = await chooseSavePath(page, {
        title: 'Export assistants',
        defaultPath: `${safeName(name, 'Assistants')}.json`,
        filters: FILTERS,
      });
      if (path !== null) await writeWholeFile(path, assistantFileText(assistants));
      return path;
    },
    importAssistants: async (_input, page) => {
      const path = await chooseOpenPath(page, {
        title: 'Import assistants',
        properties: ['openFile'],
        filters: FILTERS,
      });
      return path === null ? null : await readAssistantFile(path);
    },
  };
}
