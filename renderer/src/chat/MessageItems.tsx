import { ContextMenu } from '@base-ui/react/context-menu';
import { contentOfMessage, elementOf } from '../pins/selected-text.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

/** What the menu of a message offers besides its pins. */
export function MessageItems({ id }: { id: string }) {
  const isAnswer = useApp((state) => state.messages[id]?.role === 'assistant');
  const isRunning = useApp((state) => state.running?.answerId === id);
  const copy = (text: string) => void navigator.clipboard.writeText(text).catch(() => undefined);
  return (
    <>
      <ContextMenu.Item className="menu-item" onClick={() => copy(contentOfMessage(id))}>
        {isAnswer ? 'Copy as Markdown' : 'Copy message'}
      </ContextMenu.Item>
      {isAnswer && (
        <ContextMenu.Item className="menu-item" onClick={() => copy(shownText(id))}>
          Copy as text
        </ContextMenu.Item>
      )}
      {!isAnswer && (
        <ContextMenu.Item className="menu-item" onClick={() => actions.beginEdit(id)}>
          Edit
        </ContextMenu.Item>
      )}
      <ContextMenu.Item className="menu-item" onClick={() => actions.forkChat(id)}>
        New chat from here
      </ContextMenu.Item>
      <ContextMenu.Item className="menu-item" disabled={isRunning} onClick={() => actions.deleteMessage(id)}>
        Delete, with what follows
      </ContextMenu.Item>
    </>
  );
}

/** As it is read on screen, without marks of formatting. */
function shownText(id: string): string {
  const shown = elementOf(id)?.querySelector<HTMLElement>('.md');
  // biome-ignore lint/performance/useDomNodeTextContent: lines are to stay lines
  return shown?.innerText ?? contentOfMessage(id);
}
