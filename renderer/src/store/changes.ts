import type { ChatChanges } from '../../../electron/ipc/chat-contract.js';
import { toKept, toSummary } from './kept-shapes.js';
import { type AppState, EMPTY_DRAFT } from './state.js';

/** What of the state is kept on the disk. */
export type Kept = Pick<AppState, 'chats' | 'trees' | 'messages' | 'pins' | 'drafts'>;

export const NOTHING_KEPT: Kept = { chats: {}, trees: {}, messages: {}, pins: {}, drafts: {} };

/** An empty chat is not worth keeping until something is written in it or set for it. */
function isWorthKeeping({ chats, drafts }: Kept, chatId: string): boolean {
  const { text, pasted } = drafts[chatId] ?? EMPTY_DRAFT;
  const { leafId = null, settings = {} } = chats[chatId] ?? {};
  return leafId !== null || text !== '' || pasted.length > 0 || Object.keys(settings).length > 0;
}

/** What is to be kept so that `after` is on the disk where `before` is; null: nothing. */
export function changesBetween(before: Kept, after: Kept): ChatChanges | null {
  const loaded = Object.keys(after.trees);
  const changes: ChatChanges = {
    ...changedChats(before, after),
    messages: loaded.flatMap((chatId) => changedMessages(before, after, chatId)),
    deletedMessages: loaded.flatMap((chatId) => deletedMessages(before, after, chatId)),
  };
  return Object.values(changes).some((list) => list.length > 0) ? changes : null;
}

function changedChats(before: Kept, after: Kept): Pick<ChatChanges, 'chats' | 'drafts' | 'deletedChats'> {
  if (before.chats === after.chats && before.drafts === after.drafts)
    return { chats: [], drafts: [], deletedChats: [] };
  const drafts = Object.keys(after.drafts).filter((id) => after.drafts[id] !== before.drafts[id]);
  const written = new Set(drafts);
  const chats = Object.keys(after.chats).filter(
    (id) =>
      (after.chats[id] !== before.chats[id] || written.has(id)) &&
      (isWorthKeeping(after, id) || isWorthKeeping(before, id)),
  );
  return {
    chats: chats.map((id) => toSummary(after.chats[id])),
    drafts: drafts.map((chatId) => ({ chatId, draft: after.drafts[chatId] })),
    deletedChats: Object.keys(before.chats).filter((id) => !(id in after.chats)),
  };
}

function changedMessages(before: Kept, after: Kept, chatId: string): ChatChanges['messages'] {
  const [tree, kept] = [after.trees[chatId], before.trees[chatId] ?? {}];
  if (tree === before.trees[chatId] && after.messages === before.messages && after.pins === before.pins) return [];
  return Object.keys(tree)
    .filter(
      (id) =>
        after.messages[id] !== undefined &&
        (after.messages[id] !== before.messages[id] || after.pins[id] !== before.pins[id] || tree[id] !== kept[id]),
    )
    .map((id) => ({ chatId, message: toKept(after.messages[id], tree[id], after.pins[id]) }));
}

/** Of a chat that was in memory then and is now; one that was only let go of loses nothing. */
function deletedMessages(before: Kept, after: Kept, chatId: string): string[] {
  const [tree, kept] = [after.trees[chatId], before.trees[chatId]];
  return kept === undefined || kept === tree ? [] : Object.keys(kept).filter((id) => !(id in tree));
}

/** Chats came from the disk, or left the memory. */
interface ReadChange {
  before: Kept;
  after: Kept;
  chatIds: readonly string[];
}

/** `kept` once these chats were read, or let go of. What was changed before and not written is still to be written. */
export function withChatsKept(kept: Kept, { before, after, chatIds }: ReadChange): Kept {
  const messageIds = chatIds.flatMap((id) => Object.keys(after.trees[id] ?? {}));
  const taken = <T>(part: (of: Kept) => Readonly<Record<string, T>>, ids: readonly string[]) => {
    const [was, then, now] = [part(kept), part(before), part(after)];
    const clean = ids.filter((id) => now[id] !== undefined && (then[id] === undefined || then[id] === was[id]));
    return { ...was, ...Object.fromEntries(clean.map((id) => [id, now[id]])) };
  };
  return {
    chats: taken(({ chats }) => chats, chatIds),
    trees: taken(({ trees }) => trees, chatIds),
    drafts: taken(({ drafts }) => drafts, chatIds),
    messages: taken(({ messages }) => messages, messageIds),
    pins: taken(({ pins }) => pins, messageIds),
  };
}
