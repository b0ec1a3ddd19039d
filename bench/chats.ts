import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptMessage } from '../electron/ipc/chat-shapes.js';
import { ChatStorage } from '../electron/main/chats/chat-storage.js';
import { changesOf, NOTHING } from '../electron/main/chats/fixtures/samples.js';
import { quartiles } from './statistics.js';

/** `npm run bench:chats`: how long the calls about kept chats take with 10,000 chats of 20 messages on the disk. */
const CHATS = 10_000;
const MESSAGES = 20;
const LONG_CHAT = 2000;
const QUERIES = [
  't',
  'th',
  'the',
  'game sea',
  'robert boulter',
  'season the of',
  'a',
  'zzzz',
  'largest city in',
  'prote',
];
const ROUNDS = 9;

const words = readFileSync(new URL('../assets/texts/wikitext-2-test.txt', import.meta.url), 'utf8').split(/\s+/);
let place = 0;
function take(count: number): string {
  place = (place + count) % (words.length - count);
  return words.slice(place, place + count).join(' ');
}

function messagesOf(chat: string, count: number): KeptMessage[] {
  return Array.from({ length: count }, (_, n): KeptMessage => {
    const common = { id: `${chat}-${n}`, parentId: n > 0 ? `${chat}-${n - 1}` : null };
    if (n % 2 === 0) return { ...common, role: 'user', text: take(25), pasted: [] };
    return { ...common, role: 'assistant', text: take(90), state: { phase: 'unfinished' } };
  });
}

function timesOf(work: () => void): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

function row(what: string, times: readonly number[]): void {
  const [middle, most] = [quartiles(times).median, Math.max(...times)].map((ms) => `${ms.toFixed(1)} ms`.padStart(11));
  process.stdout.write(`${what.padEnd(38)}${middle}${most}\n`);
}

const folder = mkdtempSync(join(tmpdir(), 'pyramid-bench-'));
const storage = new ChatStorage(folder);
try {
  const start = performance.now();
  for (let chat = 0; chat < CHATS; chat += 100) {
    const some = Array.from({ length: 100 }, (_, n) => `c${chat + n}`);
    storage.keep(changesOf(Object.fromEntries(some.map((id) => [id, messagesOf(id, MESSAGES)]))));
  }
  const long = messagesOf('long', LONG_CHAT);
  storage.keep(changesOf({ long }));
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  process.stdout.write(`${CHATS} chats of ${MESSAGES} messages, written in ${seconds} s\n\n`);
  process.stdout.write(`${''.padEnd(38)}${'median'.padStart(11)}${'most'.padStart(11)}\n`);
  row(
    'list of all chats',
    timesOf(() => storage.list()),
  );
  row(
    `a chat of ${LONG_CHAT} messages`,
    timesOf(() => storage.read('long')),
  );
  for (const query of QUERIES)
    row(
      `search: ${query}`,
      timesOf(() => storage.search(query)),
    );
  const flushed: KeptMessage = { ...long[1], text: take(3000) };
  row(
    'keep an answer of 3,000 words',
    timesOf(() => {
      storage.keep({ ...NOTHING, messages: [{ chatId: 'long', message: { ...flushed, text: take(3000) } }] });
    }),
  );
  storage.close();
  process.stdout.write(`\nfile: ${(statSync(join(folder, 'chats.db')).size / 1e6).toFixed(0)} MB\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
