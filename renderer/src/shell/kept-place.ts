/** Where an element stands: the index of each of its ancestors among its siblings, from the body on. */
type Place = readonly number[];

interface KeptPlace {
  focused: Place;
  scrolled: readonly { place: Place; top: number }[];
}

function placeOf(element: Element): Place {
  const { parentElement } = element;
  if (!parentElement || element === document.body) return [];
  return [...placeOf(parentElement), [...parentElement.children].indexOf(element)];
}

function elementAt(place: Place): Element | undefined {
  return place.reduce<Element | undefined>((parent, index) => parent?.children[index], document.body);
}

/** What is lost where the page is drawn anew with the same elements: the focus, and how far each part is scrolled. */
export function keepPlace(): KeptPlace {
  const scrolled = [...document.body.querySelectorAll('*')].filter((element) => element.scrollTop > 0);
  return {
    focused: placeOf(document.activeElement ?? document.body),
    scrolled: scrolled.map((element) => ({ place: placeOf(element), top: element.scrollTop })),
  };
}

export function restoreScroll({ scrolled }: KeptPlace): void {
  for (const { place, top } of scrolled) {
    const element = elementAt(place);
    if (element) element.scrollTop = top;
  }
}

export function restoreFocus({ focused }: KeptPlace): void {
  const element = elementAt(focused);
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}
