import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A runtime for development brings things of its own, which must not ship: the official one has been cleaned already. */
export default async function removeDevelopmentFiles({ appOutDir }) {
  for (const file of ['resources/default_app.asar', 'runtime.json', 'version'])
    await rm(join(appOutDir, file), { force: true });
}
