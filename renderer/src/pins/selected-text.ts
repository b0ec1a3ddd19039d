import type { TextRange } from '../../../engine/types.js';
import { appStore } from '../store/store.js';
import { contentOf } from '../store/turns.js';
import { passagePlace } from '../survival/text-places.js';
import { findInSource } from './find-selection.js';

/** A stretch of a message that is selected in the window. */
export interface SelectedText {
  id: string;
  range: TextRange;
}

/** What a message of the current chat reads like to the model. */
export function contentOfMessage(id: string): string {
  const message = appStore.getState().messages[id];
  if (!message) return '';
  return message.role === 'user' ? contentOf(message) : message.text;
}

/**
 * What is selected within one message; `data-message` marks the elements that show one, and within them `data-words` what
 * shows its content. Null: nothing, or more than one message, or nothing of its content.
 */
export function selectedText(selection: Selection | null = getSelection()): SelectedText | null {
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const message = messageAround(range.commonAncestorContainer);
  const id = message?.dataset.message;
  if (!message || id === undefined) return null;
  const exact = rangeInPlainText(range, id);
  if (exact) return { id, range: exact };
  const before = document.createRange();
  before.selectNodeContents(message.querySelector('[data-words]') ?? message);
  before.setEnd(range.startContainer, range.startOffset);
  const found = findInSource(contentOfMessage(id), selection.toString(), before.toString());
  return found && { id, range: found };
}

/** In the survival view, a message's text is shown as the model has it, without the space around it. */
function rangeInPlainText(
  { startContainer, endContainer, startOffset, endOffset }: Range,
  id: string,
): TextRange | null {
  const from = passagePlace({ node: startContainer, offset: startOffset });
  const to = passagePlace({ node: endContainer, offset: endOffset });
  if (from?.id !== id || to?.id !== id) return null;
  const content = contentOfMessage(id);
  const shift = content.length - content.trimStart().length;
  return { from: shift + from.at, to: shift + to.at };
}

/** Where a message is shown; null: nowhere. */
export function elementOf(id: string): HTMLElement | null {
  return document.querySelector(`[data-message="${CSS.escape(id)}"]`);
}

/** The element of the message that a node stands in. */
export function messageAround(node: Node | null): HTMLElement | null {
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest<HTMLElement>('[data-message]') ?? null;
}
