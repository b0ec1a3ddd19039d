import { useApp } from '../store/store.js';
import { useFreshMemory } from '../survival/use-fresh-memory.js';

/** Keeps what the engine tells of the text fresh, while there are pins whose cost is shown. */
export function PinnedMemory() {
  const hasPins = useApp(({ pins, chats, currentChatId }) =>
    chats[currentChatId].messageIds.some((id) => pins[id] !== undefined),
  );
  return hasPins ? <FreshMemory /> : null;
}

function FreshMemory() {
  useFreshMemory();
  return null;
}
