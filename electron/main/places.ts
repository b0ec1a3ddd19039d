import { join } from 'node:path';
import bundledModel from '../../assets/default-model.json' with { type: 'json' };

interface Installation {
  isPackaged: boolean;
  /** Of the app's own code. */
  appFolder: string;
  /** Of an installed app: what lies beside its code. */
  resourcesFolder: string;
  /** Where everything of the user's is kept. */
  userData: string;
}

export type Places = ReturnType<typeof placesOf>;

/** Where the app finds what came with it, and where it keeps what is the user's. */
export function placesOf({ isPackaged, appFolder, resourcesFolder, userData }: Installation) {
  const out = join(appFolder, 'out');
  const assets = isPackaged ? resourcesFolder : join(appFolder, 'assets');
  return {
    userData,
    settingsFile: join(userData, 'settings.json'),
    chats: join(userData, 'chats'),
    assistants: join(userData, 'assistants.json'),
    convertedModels: join(userData, 'models'),
    measured: join(userData, 'measured'),
    memories: join(userData, 'memories'),
    defaultModel: join(assets, 'models', bundledModel.file),
    measuringText: join(assets, 'texts', 'wikitext-2-test.txt'),
    icon: join(appFolder, 'assets', 'icons', 'icon.png'),
    updateFeed: join(resourcesFolder, 'update.json'),
    page: join(out, 'renderer'),
    preload: join(out, 'preload', 'index.cjs'),
    engineProcess: join(out, 'main', 'engine-process.js'),
    attachmentProcess: join(out, 'main', 'attachment-process.js'),
    chatWorker: join(out, 'main', 'chat-worker.js'),
  };
}
