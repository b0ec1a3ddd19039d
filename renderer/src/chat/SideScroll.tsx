import { type ReactNode, useEffect, useRef, useState } from 'react';

interface SideScrollProps {
  className: string;
  /** `span`: it stands within a paragraph. */
  as?: 'div' | 'span';
  children: ReactNode;
}

/** A box that scrolls sideways where its content is too wide; only then the keyboard stops at it. */
export function SideScroll({ className, as: Box = 'div', children }: SideScrollProps) {
  const box = useRef<HTMLDivElement>(null);
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setOverflows(element.scrollWidth > element.clientWidth + 1));
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return (
    <Box ref={box} className={className} tabIndex={overflows ? 0 : undefined}>
      {children}
    </Box>
  );
}
