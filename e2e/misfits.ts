/**
 * Texts and controls that do not fit where they stand: cut off by a box that does not scroll there, or out of the
 * window. A text that ends in an ellipsis by design is not meant, nor what is for screen readers only. Runs in the page.
 */
export function findMisfits(): string[] {
  const SLACK = 1;
  const CONTROLS = 'button, input, textarea, [role=tab], h1, h2, th, td, dt, dd';
  const misfits: string[] = [];

  const scrolls = (overflow: string) => overflow === 'auto' || overflow === 'scroll';
  const isOutsideX = (rect: DOMRect, left: number, right: number) =>
    rect.left < left - SLACK || rect.right > right + SLACK;
  const isOutsideY = (rect: DOMRect, { top, bottom }: DOMRect) =>
    rect.top < top - SLACK || rect.bottom > bottom + SLACK;

  /** The boxes around an element up to the first that lets one reach what is beyond its edge. */
  function boxesAround(element: Element, isOpen: (box: Element, style: CSSStyleDeclaration) => boolean) {
    const clipping: { box: Element; style: CSSStyleDeclaration }[] = [];
    for (let box: Element | null = element; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (isOpen(box, style)) return { clipping, reachesWindow: false };
      clipping.push({ box, style });
      if (style.position === 'fixed') break;
    }
    return { clipping, reachesWindow: true };
  }

  function cutAcross(element: Element, rect: DOMRect): string | null {
    const { clipping, reachesWindow } = boxesAround(
      element,
      (_, { overflowX, textOverflow }) => textOverflow === 'ellipsis' || scrolls(overflowX),
    );
    const cutter = clipping.find(({ box, style }) => {
      const { left, right } = box.getBoundingClientRect();
      return style.overflowX !== 'visible' && isOutsideX(rect, left, right);
    });
    if (cutter) return cutter.box.className || cutter.box.tagName;
    return reachesWindow && isOutsideX(rect, 0, innerWidth) ? 'the window' : null;
  }

  function cutDown(element: Element, rect: DOMRect): string | null {
    const { clipping } = boxesAround(element, (box, { overflowY }) => scrolls(overflowY) || box.matches('.folded'));
    const cutter = clipping.find(
      ({ box, style }) => style.overflowY !== 'visible' && isOutsideY(rect, box.getBoundingClientRect()),
    );
    return cutter ? cutter.box.className || cutter.box.tagName : null;
  }

  function check(name: string, element: Element, rect: DOMRect): void {
    const by = cutAcross(element, rect) ?? cutDown(element, rect);
    if (by !== null) misfits.push(`“${name.trim().slice(0, 40)}” is cut by ${by}`);
  }

  const isShown = (element: Element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest('.sr-only');

  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) misfits.push(`the page is ${scrollWidth} px wide`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const words = text.textContent ?? '';
    if (words.trim() === '' || !text.parentElement || !isShown(text.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    check(words, text.parentElement, range.getBoundingClientRect());
  }
  for (const control of document.querySelectorAll<HTMLElement>(CONTROLS)) {
    if (isShown(control))
      check(control.ariaLabel ?? control.textContent ?? '', control, control.getBoundingClientRect());
  }
  return misfits;
}
