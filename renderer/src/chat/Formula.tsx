import type { KatexOptions } from 'katex';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import { SideScroll } from './SideScroll.js';

type Render = typeof import('katex').default.render;

/** Nothing that a formula says can load a file, lead anywhere or cover the window. */
const OPTIONS: KatexOptions = {
  throwOnError: false,
  errorColor: 'var(--text-2)',
  trust: false,
  strict: 'ignore',
  maxSize: 20,
};

let render: Render | null = null;
let loading: Promise<void> | undefined;

/** Most chats have no formula: what draws them is loaded with the first. */
function load(): Promise<void> {
  loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(([{ default: katex }]) => {
    render = katex.render;
  });
  return loading;
}

interface FormulaProps {
  /** In LaTeX. */
  tex: string;
  isDisplay: boolean;
}

export const Formula = memo(function Formula({ tex, isDisplay }: FormulaProps) {
  const box = useRef<HTMLSpanElement>(null);
  const [isReady, setIsReady] = useState(render !== null);
  useLayoutEffect(() => {
    if (!isReady) void load().then(() => setIsReady(true));
    else if (box.current) render?.(tex, box.current, { ...OPTIONS, displayMode: isDisplay });
  }, [tex, isDisplay, isReady]);
  const formula = (
    <span ref={box} className="formula" dir="ltr">
      {isReady ? null : tex}
    </span>
  );
  return isDisplay ? (
    <SideScroll as="span" className="formula-line">
      {formula}
    </SideScroll>
  ) : (
    formula
  );
});
