import { IconButton } from '../shell/IconButton.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';
import { togglePin } from './pin-here.js';

/** Pins a message, or lets go of what is pinned of it. */
export function PinButton({ id }: { id: string }) {
  const isPinned = useApp((state) => state.pins[id] !== undefined);
  return (
    <IconButton
      icon="pin"
      label={t(isPinned ? 'pins.unpin' : 'pins.pin')}
      aria-pressed={isPinned}
      onClick={() => togglePin(id)}
    />
  );
}
