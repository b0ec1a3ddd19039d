import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** As near to the end as counts as being there, pixels. */
const NEAR = 12;

interface StickToEnd {
  scroller: RefObject<HTMLElement | null>;
  content: RefObject<HTMLDivElement | null>;
  isAtEnd: boolean;
  jumpToEnd: () => void;
  jumpToStart: () => void;
  /** What is looked at stands elsewhere. */
  letGo: () => void;
}

/** Keeps a growing text at its end until the user scrolls up, and again once they are back at the end. */
export function useStickToEnd(): StickToEnd {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [isAtEnd, setIsAtEnd] = useState(true);

  const jumpToEnd = useCallback(() => {
    sticks.current = true;
    setIsAtEnd(true);
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, []);

  const jumpToStart = useCallback(() => {
    sticks.current = false;
    if (scroller.current) scroller.current.scrollTop = 0;
  }, []);

  const letGo = useCallback(() => {
    sticks.current = false;
  }, []);

  useEffect(() => {
    const box = scroller.current;
    if (!box || !content.current) return;
    let lastTop = box.scrollTop;
    const stick = (value: boolean) => {
      sticks.current = value;
      setIsAtEnd(value);
    };
    const onScroll = () => {
      const left = box.scrollHeight - box.clientHeight - box.scrollTop;
      if (left <= NEAR) stick(true);
      else if (box.scrollTop < lastTop) stick(false);
      lastTop = box.scrollTop;
    };
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY < 0 && box.scrollTop > 0) stick(false);
    };
    const onGrow = new ResizeObserver(() => {
      if (sticks.current) box.scrollTop = box.scrollHeight;
      else setIsAtEnd(box.scrollHeight - box.clientHeight - box.scrollTop <= NEAR);
      lastTop = box.scrollTop;
    });
    onGrow.observe(content.current);
    onGrow.observe(box);
    box.addEventListener('scroll', onScroll, { passive: true });
    box.addEventListener('wheel', onWheel, { passive: true });
    return () => {
      onGrow.disconnect();
      box.removeEventListener('scroll', onScroll);
      box.removeEventListener('wheel', onWheel);
    };
  }, []);

  return { scroller, content, isAtEnd, jumpToEnd, jumpToStart, letGo };
}
