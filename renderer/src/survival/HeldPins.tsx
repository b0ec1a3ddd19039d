import { PinLine } from '../pins/PinLine.js';
import { useApp } from '../store/store.js';

/** What is pinned of the chat, where it is in sight whatever part of the text is. */
export function HeldPins() {
  const ids = useApp((state) => state.chats[state.currentChatId].messageIds);
  const pins = useApp((state) => state.pins);
  const pinned = ids.filter((id) => pins[id]);
  if (pinned.length === 0) return null;
  return (
    <div className="held-pins">
      {pinned.map((id) => (
        <PinLine key={id} id={id} />
      ))}
    </div>
  );
}
