import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../engine/testing/temporary-folder.js';
import { ChatStorage } from './chat-storage.js';

const WRITER = join(import.meta.dirname, 'fixtures', 'writer-process.ts');
const KILLS = Number(process.env.PYRAMID_KILLS ?? 8);

/** Lets a process write into `folder`, kills it after some time, and returns how many words it was told are kept. */
async function writeUntilKilled(folder: string, afterMs: number): Promise<number> {
  const writer = spawn(process.execPath, ['--import', 'tsx', WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = 0;
  const lines = createInterface({ input: writer.stdout });
  lines.once('line', () => setTimeout(() => writer.kill('SIGKILL'), afterMs));
  lines.on('line', (line) => {
    told = Number(line);
  });
  const [, signal] = await once(writer, 'close');
  expect(signal).toBe('SIGKILL');
  return told;
}

it(`keeps all that was told as kept when the writer is killed, ${KILLS} times`, {
  timeout: 20_000 + KILLS * 5000,
}, async () => {
  const parent = await temporaryFolder();
  for (let kill = 0; kill < KILLS; kill++) {
    const folder = join(parent, `chats-${kill}`);
    const told = await writeUntilKilled(folder, Math.random() * 300);
    const storage = new ChatStorage(folder);
    const { chats, rescue } = storage.list();
    const { messages } = storage.read('c');
    storage.close();
    expect(rescue).toBeNull();
    expect(chats).toHaveLength(1);
    const words = messages[1].text.split(' ');
    expect(words.length).toBeGreaterThanOrEqual(told);
    expect(words).toEqual(words.map((_, n) => `word${n}`));
  }
});
