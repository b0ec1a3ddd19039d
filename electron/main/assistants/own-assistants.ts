import { z } from 'zod';
import { EngineError, type EngineErrorShape } from '../../../engine/errors.js';
import { type Assistant, ownAssistants } from '../../ipc/assistant-contract.js';
import { JsonFile } from '../json-file.js';

const VERSION = 1;
/** Files of before there was a version are of the first. */
const schema = z.strictObject({ version: z.literal(VERSION).default(VERSION), assistants: ownAssistants });

/** The user's own assistants, in one file of the data folder. */
export class OwnAssistants {
  readonly #file: JsonFile<z.infer<typeof schema>>;

  constructor(path: string, onDamaged: (keptAs: string) => void) {
    this.#file = new JsonFile({ path, schema, empty: { version: VERSION, assistants: [] }, onDamaged });
  }

  get all(): readonly Assistant[] {
    return this.#file.current.assistants;
  }

  /** In the place of those before. @throws FILE_UNWRITABLE */
  keep(assistants: readonly Assistant[]): Promise<void> {
    return this.#file.update({ version: VERSION, assistants });
  }

  /** Why those that were kept before are not here, and where their file is now; null: they are. */
  async damage(): Promise<EngineErrorShape | null> {
    try {
      const path = await this.#file.setAside();
      return path === null ? null : damaged(path).toShape();
    } catch (thrown) {
      return EngineError.from(thrown).toShape();
    }
  }
}

function damaged(path: string): EngineError {
  const message = `Their file was damaged, or a newer version of the app wrote it. It was set aside as ${path}; nothing of it was changed. Mend it and put it back as assistants.json while the app is closed, or make your assistants anew.`;
  return new EngineError('ASSISTANTS_DAMAGED', message, { path });
}
