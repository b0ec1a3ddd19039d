import type { WebContents } from 'electron';
import { currentLanguage, t } from '../../../locales/words.js';
import type { assistantCalls } from '../../ipc/assistant-contract.js';
import { chooseOpenPath, chooseSavePath } from '../file-dialogs.js';
import { safeName } from '../file-name.js';
import type { Handlers } from '../validated-ipc.js';
import { writeWholeFile } from '../whole-file.js';
import { assistantFileText, readAssistantFile } from './assistant-file.js';
import { builtInAssistants } from './built-in.js';
import { OwnAssistants } from './own-assistants.js';

/** In the language of now. */
function filters(): Electron.FileFilter[] {
  return [{ name: t('assistants.files.kind'), extensions: ['json'] }];
}

interface AssistantHandlerOptions {
  /** Of the file with the user's own. */
  path: string;
  onDamaged: (keptAs: string) => void;
}

/** What each call about assistants does. */
export function assistantHandlers({
  path: file,
  onDamaged,
}: AssistantHandlerOptions): Pick<Handlers<WebContents>, keyof typeof assistantCalls> {
  const own = new OwnAssistants(file, onDamaged);
  return {
    readAssistants: async () => ({
      ...{ builtIn: builtInAssistants(currentLanguage()), own: own.all },
      damage: await own.damage(),
    }),
    keepAssistants: ({ assistants }) => own.keep(assistants),
    exportAssistants: async ({ assistants }, page) => {
      const otherwise = t('assistants.files.name');
      const name = assistants.length === 1 ? assistants[0].name : otherwise;
      const path = await chooseSavePath(page, {
        title: t('assistants.files.export'),
        defaultPath: `${safeName(name, otherwise)}.json`,
        filters: filters(),
      });
      if (path !== null) await writeWholeFile(path, assistantFileText(assistants));
      return path;
    },
    importAssistants: async (_input, page) => {
      const path = await chooseOpenPath(page, {
        title: t('assistants.files.import'),
        properties: ['openFile'],
        filters: filters(),
      });
      return path === null ? null : await readAssistantFile(path);
    },
  };
}
