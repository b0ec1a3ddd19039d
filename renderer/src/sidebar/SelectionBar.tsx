import { IconButton } from '../shell/IconButton.js';
import { actions } from '../store/window-actions.js';

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
    <div className="selection" role="toolbar" aria-label="Selected chats">
      <span className="grow" role="status">
        <span className="num">{ids.length}</span> selected
      </span>
      <IconButton
        icon="archive"
        label={isArchive ? 'Take out of the archive' : 'Archive'}
        onClick={run(() => actions.archiveChats(ids, !isArchive))}
      />
      <IconButton icon="trash" label="Delete" onClick={run(() => actions.deleteChats(ids))} />
      <IconButton icon="close" label="Select none" onClick={onDone} />
    </div>
  );
}
