/** Text that is in the page but folded away, marked with `data-closed`, with the button beside it that opens it. */
function closedText(range: Range): HTMLElement | null {
  return range.startContainer.parentElement?.closest<HTMLElement>('[data-closed]') ?? null;
}

/** What is in sight of it; null: the range is in sight itself. */
export function closedAround(range: Range): HTMLElement | null {
  return closedText(range)?.parentElement ?? null;
}

/** Whether there was something to open; it is open when the page is next drawn. */
export function openAround(range: Range): boolean {
  const button = closedAround(range)?.querySelector<HTMLElement>(':scope > [aria-expanded=false]');
  button?.click();
  return button != null;
}
