import { join } from 'node:path';
import type { WebContents } from 'electron';
import { z } from 'zod';
import { type assistantCalls, ownAssistants } from '../../ipc/assistant-contract.js';
import { chooseOpenPath, chooseSavePath } from '../file-dialogs.js';
import { safeName } from '../file-name.js';
import { JsonFile } from '../models/json-file.js';
import type { Handlers } from '../validated-ipc.js';
import { writeWholeFile } from '../whole-file.js';
import { assistantFileText, readAssistantFile } from './assistant-file.js';
import { BUILT_IN } from './built-in.js';

const FILTERS: Electron.FileFilter[] = [{ name: 'Assistants of Pyramid Chat', extensions: ['json'] }];

/** What each call about assistants does. The user's own are kept in one file of the data folder. */
export function assistantHandlers(
  folder: string,
  onDamaged: (keptAs: string) => void,
): Pick<Handlers<WebContents>, keyof typeof assistantCalls> {
  const own = new JsonFile({
    path: join(folder, 'assistants.json'),
    schema: z.strictObject({ assistants: ownAssistants }),
    empty: { assistants: [] },
    onDamaged,
  });
  return {
    readAssistants: () => ({ builtIn: BUILT_IN, own: own.current.assistants }),
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
