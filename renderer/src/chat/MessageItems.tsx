import { ContextMenu } from '@base-ui/react/context-menu';
import { contentOfMessage, elementOf } from '../pins/selected-text.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** What the menu of a message offers besides its pins. */
export function MessageItems({ id }: { id: string }) {
  const isAnswer = useApp((state) => state.messages[id]?.role === 'assistant');
  const isRunning = useApp((state) => state.running?.answerId === id);
  const copy = (text: string) => void navigator.clipboard.writeText(text).catch(() => undefined);
  return (
    <>
      <ContextMenu.Item className="menu-item" onClick={() => copy(contentOfMessage(id))}>
        {t(isAnswer ? 'chat.actions.copyMarkdown' : 'chat.actions.copyMessage')}
      </ContextMenu.Item>
      {isAnswer && (
        <ContextMenu.Item className="menu-item" onClick={() => copy(shownText(id))}>
          {t('chat.actions.copyText')}
        </ContextMenu.Item>
      )}
      {!isAnswer && (
        <ContextMenu.Item className="menu-item" onClick={() => actions.beginEdit(id)}>
          {t('chat.edit.begin')}
        </ContextMenu.Item>
      )}
      <ContextMenu.Item className="menu-item" onClick={() => actions.forkChat(id)}>
        {t('chat.actions.fork')}
      </ContextMenu.Item>
      <ContextMenu.Item className="menu-item" disabled={isRunning} onClick={() => actions.deleteMessage(id)}>
        {t('chat.actions.delete')}
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
