import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../engine/testing/temporary-folder.js';
import type { KeptMessage } from '../../ipc/chat-shapes.js';
import { parseChatFile } from './chat-file.js';
import { ChatStorage } from './chat-storage.js';
import { exportChats } from './export-chats.js';
import { answer, changesOf, NOTHING, question, summary } from './fixtures/samples.js';
import { importChats, readChats } from './import-chats.js';

async function setUp() {
  const folder = await temporaryFolder();
  const open = () => {
    const storage = new ChatStorage(mkdtempSync(join(folder, 'chats-')));
    onTestFinished(() => storage.close());
    return storage;
  };
  const path = join(folder, 'chats.json');
  const imported = (content: unknown, into = open()) => {
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return importChats(into, path);
  };
  return { folder, path, open, imported };
}

const TREE: KeptMessage[] = [
  { ...question('q', null, 'Hello'), pasted: ['```\ncode\n```', 'two'] } as KeptMessage,
  answer('a', 'q', 'Hi **you**'),
  { id: 'b', parentId: 'q', role: 'assistant', text: 'Other', state: { phase: 'stopped', figures: null }, pins: true },
];

describe('our own files', () => {
  it('go out and come in exactly, with all branches, pins and figures', async () => {
    const { path, open } = await setUp();
    const first = open();
    const chat = summary('c', {
      ...{ title: 'Größe', leafId: 'a', isPinned: true, compression: { preset: 'compact' as const } },
      settings: { systemPrompt: 'Be „brief“.', sampling: { topP: 0.5, seed: 7 }, maxTokens: 40, assistantId: 'x' },
      model: { file: 'a.gguf', hash: 'abc' },
    });
    first.keep({ ...NOTHING, chats: [chat], messages: TREE.map((message) => ({ chatId: 'c', message })) });
    first.keep(changesOf({ d: [question('r', null, 'x'.repeat(100_000))] }));
    await exportChats(first, { path, chatIds: null, format: 'json' });
    const whole = readFileSync(path, 'utf8');
    const second = open();
    expect(await importChats(second, path)).toMatchObject({ chats: [{ id: 'c' }, { id: 'd' }], known: 0, empty: 0 });
    await exportChats(second, { path, chatIds: null, format: 'json' });
    expect(readFileSync(path, 'utf8')).toBe(whole);
    expect(second.read('c').messages).toEqual(TREE);
    // Once more changes nothing.
    second.keep({ ...NOTHING, chats: [{ ...chat, title: 'Mine' }] });
    expect(await importChats(second, path)).toEqual({ chats: [], known: 2, empty: 0 });
    expect(second.list().chats.find(({ id }) => id === 'c')?.title).toBe('Mine');
  });

  it('of version 1 are read, too', async () => {
    const { imported, open } = await setUp();
    const { settings: _settings, model: _model, ...old } = summary('c', { leafId: 'q' });
    const messages = [{ ...question('q', null, 'One'), createdAt: 5 }];
    const storage = open();
    await imported({ format: 'pyramid-chat', version: 1, chats: [{ ...old, createdAt: 5, messages }] }, storage);
    expect(storage.list().chats).toEqual([summary('c', { leafId: 'q' })]);
  });

  it('hold the chosen chats only', async () => {
    const { path, open } = await setUp();
    const storage = open();
    storage.keep(changesOf({ c: [question('q', null, 'One')], d: [question('r', null, 'Two')] }));
    await exportChats(storage, { path, chatIds: ['d'], format: 'json' });
    expect(parseChatFile(JSON.parse(readFileSync(path, 'utf8'))).map(({ id }) => id)).toEqual(['d']);
  });

  it('cannot be written everywhere, and that is told', async () => {
    const { folder, open } = await setUp();
    const order = { path: join(folder, 'none', 'x.json'), chatIds: null, format: 'json' } as const;
    await expect(exportChats(open(), order)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });
});

describe('Markdown', () => {
  it('puts several chats into one file', async () => {
    const { path, open } = await setUp();
    const storage = open();
    storage.keep(changesOf({ c: [question('q', null, 'One')], d: [question('r', null, 'Two')] }));
    await exportChats(storage, { path, chatIds: null, format: 'markdown' });
    expect(readFileSync(path, 'utf8')).toMatch(/^# c\n[\s\S]*\n---\n\n# d\n/);
  });
});

const GPT = {
  title: 'Walnut bread',
  create_time: 1_700_000_000.5,
  update_time: 1_700_000_100,
  conversation_id: 'conv-1',
  current_node: 'n5',
  mapping: {
    root: { id: 'root', message: null, parent: null, children: ['sys'] },
    sys: { message: { author: { role: 'system' }, content: { parts: [''] } }, parent: 'root' },
    n1: {
      message: {
        author: { role: 'user' },
        create_time: 1_700_000_001,
        content: { content_type: 'text', parts: ['Which bread?'] },
      },
      parent: 'sys',
    },
    n2: {
      message: { author: { role: 'assistant' }, content: { parts: ['Rye.'] }, metadata: { model_slug: 'gpt-4' } },
      parent: 'n1',
    },
    n3: { message: { author: { role: 'assistant' }, content: { parts: ['Walnut.'] } }, parent: 'n1' },
    tool: { message: { author: { role: 'tool' }, content: { parts: ['searching'] } }, parent: 'n3' },
    n4: {
      message: {
        author: { role: 'user' },
        content: { parts: [{ content_type: 'image_asset_pointer' }, 'Like this?'] },
      },
      parent: 'tool',
    },
    n5: { message: { author: { role: 'assistant' }, content: { parts: [''] } }, parent: 'n4' },
  },
};

const WEB = {
  id: 'web-1',
  title: 'Tides',
  created_at: 1_700_000_000,
  updated_at: 1_700_000_100,
  pinned: true,
  archived: false,
  chat: {
    history: {
      currentId: 'a2',
      messages: {
        u: {
          id: 'u',
          parentId: null,
          childrenIds: ['a1', 'a2'],
          role: 'user',
          content: 'When is high tide?',
          timestamp: 1_700_000_001,
        },
        a1: {
          id: 'a1',
          parentId: 'u',
          role: 'assistant',
          content: 'At noon.',
          model: 'llama3:8b',
          modelName: 'Llama 3',
        },
        a2: { id: 'a2', parentId: 'u', role: 'assistant', content: 'At dusk.', model: 'llama3:8b' },
      },
    },
  },
};

describe('files of other apps', () => {
  it('come in from ChatGPT with their branches; what no one said only leads on', async () => {
    const { open, imported } = await setUp();
    const storage = open();
    const { chats, empty } = await imported([GPT, { ...GPT, conversation_id: 'none', mapping: {} }], storage);
    expect(empty).toBe(1);
    expect(chats).toMatchObject([{ title: 'Walnut bread', updatedAt: 1_700_000_100_000 }]);
    const { messages } = storage.read(chats[0].id);
    const [q, rye, walnut, like] = messages;
    expect(messages.map(({ text }) => text)).toEqual([
      'Which bread?',
      'Rye.',
      'Walnut.',
      '[picture, not imported]\n\nLike this?',
    ]);
    expect(rye).toMatchObject({ parentId: q.id, model: 'gpt-4', state: { phase: 'imported' } });
    expect(like.parentId).toBe(walnut.id);
    expect(chats[0].leafId).toBe(like.id);
    expect(await imported([GPT], storage)).toEqual({ chats: [], known: 1, empty: 0 });
  });

  it('come in from Open WebUI, of both ages', async () => {
    const { open, imported } = await setUp();
    const storage = open();
    const old = {
      title: 'Old',
      chat: {
        messages: Object.values(WEB.chat.history.messages)
          .slice(0, 2)
          .map(({ parentId: _, ...m }) => m),
      },
    };
    const { chats } = await imported([WEB, old], storage);
    expect(chats).toMatchObject([{ title: 'Tides', isPinned: true }, { title: 'Old' }]);
    const [u, noon, dusk] = storage.read(chats[0].id).messages;
    expect([noon, dusk]).toMatchObject([
      { parentId: u.id, model: 'Llama 3' },
      { parentId: u.id, model: 'llama3:8b' },
    ]);
    expect(chats[0].leafId).toBe(dusk.id);
    const [first, second] = storage.read(chats[1].id).messages;
    expect(second.parentId).toBe(first.id);
  });
});

describe('a file that is none of these', () => {
  it('does no harm, whatever is in it', async () => {
    const { open } = await setUp();
    const storage = open();
    const deep = fc.object({
      maxDepth: 5,
      key: fc.constantFrom(
        'mapping',
        'chat',
        'message',
        'parent',
        'history',
        'messages',
        'author',
        'role',
        'content',
        'parts',
        'id',
        '__proto__',
      ),
    });
    const shaped = fc.record({
      title: fc.anything(),
      current_node: fc.constantFrom('a', 'b', 'c', null, 5),
      mapping: fc.dictionary(
        fc.constantFrom('a', 'b', 'c'),
        fc.record({
          parent: fc.constantFrom('a', 'b', 'c', null),
          message: fc.record({
            author: fc.record({ role: fc.constantFrom('user', 'assistant', 'tool') }),
            content: fc.record({ parts: fc.array(fc.anything()) }),
            create_time: fc.double(),
          }),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(deep, shaped)), (content) => {
        let chats: ReturnType<typeof readChats>['chats'] = [];
        try {
          ({ chats } = readChats(content));
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'CHATS_FILE_INVALID' });
        }
        for (const { createdAt, messages, ...chat } of chats) {
          if (storage.use(({ table }) => !table.has(chat.id)))
            storage.use(({ table }) => table.add(chat, createdAt, messages));
          expect(storage.read(chat.id).messages.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
