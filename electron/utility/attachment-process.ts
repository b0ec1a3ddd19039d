import { EngineError } from '../../engine/errors.js';
import { attachedFile } from '../ipc/attachment-contract.js';
import type { AttachmentReply } from '../ipc/attachment-messages.js';
import { readText } from './attachments/read-text.js';

/** Reads one file; main ends the process then, or earlier if it takes too long or too much memory. */
process.parentPort.on('message', async ({ data }) => {
  const reply = (message: AttachmentReply) => process.parentPort.postMessage(message);
  try {
    reply({ text: await readText(attachedFile.parse(data)) });
  } catch (thrown) {
    reply({ error: EngineError.from(thrown).toShape() });
  }
});
