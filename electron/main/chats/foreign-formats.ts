import { z } from 'zod';
import { t } from '../../../locales/words.js';
import type { ForeignChat, ForeignMessage } from './foreign-chats.js';

/** What other apps write differs from version to version: only what is needed is looked at, and all of it may be missing. */
const text = z.string().catch('');
const id = z.string().min(1);
const time = z.number().nullish().catch(null);

const gptMessage = z.object({
  author: z.object({ role: text }),
  create_time: time,
  content: z.object({ parts: z.array(z.unknown()).catch([]), text: z.string().optional().catch(undefined) }),
  metadata: z
    .object({ model_slug: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const gptChat = z.object({
  id: id.optional().catch(undefined),
  conversation_id: id.optional().catch(undefined),
  title: text,
  create_time: time,
  update_time: time,
  is_archived: z.boolean().catch(false),
  current_node: id.nullish().catch(null),
  mapping: z.record(z.string(), z.object({ message: z.unknown(), parent: id.nullish().catch(null) })),
});

/** One chat of ChatGPT's conversations.json; null: it is none. */
export function chatGptChat(value: unknown, place: number): ForeignChat | null {
  const parsed = gptChat.safeParse(value);
  if (!parsed.success) return null;
  const { data } = parsed;
  const createdAt = seconds(data.create_time);
  return {
    source: 'chatgpt',
    id: data.conversation_id ?? data.id ?? `${place} ${data.title}`,
    title: data.title,
    createdAt,
    updatedAt: data.update_time ? seconds(data.update_time) : createdAt,
    isPinned: false,
    isArchived: data.is_archived,
    leafId: data.current_node ?? null,
    messages: Object.entries(data.mapping).map(([nodeId, node]) =>
      gptNode(nodeId, node.parent ?? null, node.message, createdAt),
    ),
  };
}

function gptNode(nodeId: string, parentId: string | null, value: unknown, createdAt: number): ForeignMessage {
  const parsed = gptMessage.safeParse(value);
  if (!parsed.success) return { id: nodeId, parentId, role: null, text: '', createdAt };
  const { author, content, create_time: at, metadata } = parsed.data;
  const said = content.parts
    .map((part) => (typeof part === 'string' ? part : partText(part)))
    .filter((part) => part !== '');
  return {
    id: nodeId,
    parentId,
    role: roleOf(author.role),
    text: said.length > 0 ? said.join('\n\n') : (content.text ?? ''),
    createdAt: at ? seconds(at) : createdAt,
    ...(metadata?.model_slug && { model: metadata.model_slug }),
  };
}

/** A picture or a sound is not there; that it was is said. */
function partText(part: unknown): string {
  if (typeof part !== 'object' || part === null) return '';
  if ('text' in part && typeof part.text === 'string') return part.text;
  const kind = 'content_type' in part && typeof part.content_type === 'string' ? part.content_type : 'attachment';
  return t(kind.includes('image') ? 'main.chats.picture' : 'main.chats.attachment');
}

const webMessage = z.object({
  id,
  parentId: id.nullish().catch(null),
  role: text,
  content: z.union([z.string(), z.array(z.unknown())]).catch(''),
  timestamp: time,
  model: z.string().optional().catch(undefined),
  modelName: z.string().optional().catch(undefined),
});

const webChat = z.object({
  id: id.optional().catch(undefined),
  title: text,
  created_at: time,
  updated_at: time,
  pinned: z.boolean().nullish().catch(false),
  archived: z.boolean().nullish().catch(false),
  chat: z.object({
    title: text,
    timestamp: time,
    history: z
      .object({ messages: z.record(z.string(), z.unknown()), currentId: id.nullish().catch(null) })
      .optional()
      .catch(undefined),
    messages: z.array(z.unknown()).catch([]),
  }),
});

/** One chat of Open WebUI's export; null: it is none. */
export function openWebUiChat(value: unknown, place: number): ForeignChat | null {
  const parsed = webChat.safeParse(value);
  if (!parsed.success) return null;
  const { chat, ...data } = parsed.data;
  const createdAt = seconds(data.created_at ?? chat.timestamp);
  const history = chat.history ? Object.values(chat.history.messages) : chat.messages;
  const messages = history.flatMap((each, n) => webNode(each, createdAt, chat.history ? null : history[n - 1]));
  return {
    source: 'open-webui',
    id: data.id ?? `${place} ${data.title || chat.title}`,
    title: data.title || chat.title,
    createdAt,
    updatedAt: data.updated_at ? seconds(data.updated_at) : createdAt,
    isPinned: data.pinned === true,
    isArchived: data.archived === true,
    leafId: chat.history?.currentId ?? messages.at(-1)?.id ?? null,
    messages,
  };
}

/** Older exports have a plain list: each follows the one before. */
function webNode(value: unknown, createdAt: number, before: unknown): ForeignMessage[] {
  const parsed = webMessage.safeParse(value);
  if (!parsed.success) return [];
  const { data } = parsed;
  const previous = webMessage.safeParse(before);
  const model = data.modelName ?? data.model;
  return [
    {
      id: data.id,
      parentId: data.parentId ?? (previous.success ? previous.data.id : null),
      role: roleOf(data.role),
      text: typeof data.content === 'string' ? data.content : data.content.map(partText).join('\n\n'),
      createdAt: data.timestamp ? seconds(data.timestamp) : createdAt,
      ...(model && { model }),
    },
  ];
}

function roleOf(role: string): ForeignMessage['role'] {
  return role === 'user' || role === 'assistant' ? role : null;
}

/** Both apps count seconds, and milliseconds in some places. */
function seconds(value: number | null | undefined): number {
  const known = value ?? 0;
  return known > 1e11 ? known : known * 1000;
}
