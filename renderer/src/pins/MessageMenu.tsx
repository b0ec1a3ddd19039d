import { ContextMenu } from '@base-ui/react/context-menu';
import { cloneElement, type ReactElement, useMemo, useState } from 'react';
import type { TextRange } from '../../../engine/types.js';
import { MessageItems } from '../chat/MessageItems.js';
import { keysOf } from '../shell/keys.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { PinTakes } from './PinLine.js';
import { togglePin } from './pin-here.js';
import { contentOfMessage, type SelectedText, selectedText } from './selected-text.js';
import { usePinCost } from './use-pin-cost.js';

interface MessageMenuProps {
  id: string;
  /** The element that shows the message. */
  children: ReactElement<{ 'data-message'?: string }>;
}

/** What can be done with a message, by the right button or the menu key. */
export function MessageMenu({ id, children }: MessageMenuProps) {
  const isPinned = useApp((state) => state.pins[id] !== undefined);
  // Opening the menu may end the selection.
  const [selected, setSelected] = useState<SelectedText | null>(null);
  const here = selected?.id === id ? selected : null;
  return (
    <ContextMenu.Root onOpenChange={(open) => open && setSelected(selectedText())}>
      <ContextMenu.Trigger render={cloneElement(children, { 'data-message': id })} />
      <ContextMenu.Portal container={landmark()}>
        <ContextMenu.Positioner className="over-panel">
          <ContextMenu.Popup className="menu" aria-label={t('pins.message')}>
            {here && (
              <ContextMenu.Item className="menu-item" onClick={() => actions.pinRange(id, here.range)}>
                <span>
                  {t('pins.pinSelection')}
                  <Takes id={id} range={here.range} />
                </span>
                <kbd>{keysOf('pin')}</kbd>
              </ContextMenu.Item>
            )}
            <ContextMenu.Item className="menu-item" onClick={() => togglePin(id)}>
              <span>
                {t(isPinned ? 'pins.unpin' : 'pins.pinMessage')}
                {!here && !isPinned && <Takes id={id} range={null} />}
              </span>
              {!here && <kbd>{keysOf('pin')}</kbd>}
            </ContextMenu.Item>
            {here && (
              <ContextMenu.Item
                className="menu-item"
                onClick={() => void navigator.clipboard.writeText(sourceOf(here))}
              >
                {t('pins.copySelection')}
              </ContextMenu.Item>
            )}
            <MessageItems id={id} />
          </ContextMenu.Popup>
        </ContextMenu.Positioner>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

/** What a pin would take. `range`: null: of the whole message. */
function Takes({ id, range }: { id: string; range: TextRange | null }) {
  const pins = useMemo(() => (range ? [range] : true), [range]);
  const cost = usePinCost(id, pins);
  return (
    cost && (
      <small className="faint">
        <PinTakes cost={cost} />
      </small>
    )
  );
}

/** The menu stands in the page's main part, where those who go by landmarks find it. */
function landmark(): HTMLElement | null {
  return document.querySelector('main');
}

function sourceOf({ id, range }: SelectedText): string {
  return contentOfMessage(id).slice(range.from, range.to);
}
