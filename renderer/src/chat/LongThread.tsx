import { type ComponentType, useEffect, useRef } from 'react';
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

interface LongThreadProps {
  ids: readonly string[];
  /** What scrolls. */
  box: HTMLElement;
  MessageView: ComponentType<{ id: string; isLast: boolean }>;
  /** A message elsewhere is looked at. */
  onSought: () => void;
}

/** The messages in sight of a long chat, and some around them. */
export function LongThread({ ids, box, MessageView, onSought }: LongThreadProps) {
  const list = useRef<VirtuosoHandle>(null);
  const soughtId = useApp((state) => state.soughtId);
  useEffect(() => {
    if (soughtId === null || !ids.includes(soughtId)) return;
    onSought();
    list.current?.scrollToIndex({ index: ids.indexOf(soughtId), align: 'center' });
    actions.found();
  }, [soughtId, ids, onSought]);
  return (
    <Virtuoso
      ref={list}
      data={ids as string[]}
      customScrollParent={box}
      computeItemKey={(_, id) => id}
      initialTopMostItemIndex={ids.length - 1}
      increaseViewportBy={600}
      itemContent={(index, id) => (
        <div className="far">
          <MessageView id={id} isLast={index === ids.length - 1} />
        </div>
      )}
    />
  );
}
