import { formatCount } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';

interface SelectionBarProps {
  ids: readonly string[];
  isArchive: boolean;
  onDone: () => void;
}

/** What can be done with all selected chats at once. */
export function SelectionBar({ ids, isArchive, onDone }: SelectionBarProps) {
  const run = (work: () => void) => () => {
    work();
    onDone();
  };
  return (
    <div className="selection" role="toolbar" aria-label={t('sidebar.selection.label')}>
      <span className="grow" role="status">
        <Trans
          i18nKey="sidebar.selection.count"
          values={{ written: formatCount(ids.length) }}
          components={{ n: <span className="num" /> }}
        />
      </span>
      <IconButton
        icon="archive"
        label={t(isArchive ? 'sidebar.menu.unarchive' : 'sidebar.selection.archive')}
        onClick={run(() => actions.archiveChats(ids, !isArchive))}
      />
      <IconButton icon="trash" label={t('sidebar.selection.delete')} onClick={run(() => actions.deleteChats(ids))} />
      <IconButton icon="close" label={t('sidebar.selection.none')} onClick={onDone} />
    </div>
  );
}
