import type { Page } from '@playwright/test';
import de from '../locales/de/index.js';
import en from '../locales/en/index.js';

interface Tree {
  [key: string]: string | Tree;
}

function textsOf(tree: Tree): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[key, value] as [string, string]]
      : textsOf(value).map(([inner, text]): [string, string] => [`${key}.${inner}`, text]),
  );
}

/** As it is read: without marks, its slots open. */
function pattern(text: string): RegExp {
  const plain = text.replace(/<\/?\w+>/g, '').replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${plain.replace(/\{\{\w+\}\}/g, '.+?')}$`, 's');
}

/** English texts that are others in German, and none of these. */
const ENGLISH = (() => {
  const german = new Map(textsOf(de));
  const alsoGerman = new Set(german.values());
  return textsOf(en)
    .filter(([key, text]) => german.get(key) !== text && !alsoGerman.has(text))
    .filter(([, text]) => /\p{L}{2}/u.test(text.replace(/\{\{\w+\}\}|<\/?\w+>/g, '')))
    .map(([key, text]) => ({ key, words: pattern(text) }));
})();

/** Every text on the page, node by node and paragraph by paragraph, also those that are only heard. */
function shownTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const spoken = ['aria-label', 'aria-description', 'aria-valuetext', 'title', 'placeholder', 'alt'];
    const elements = [...document.body.querySelectorAll('*')].filter((element) => element.checkVisibility());
    return elements.flatMap((element) => [
      ...spoken.map((name) => element.getAttribute(name) ?? ''),
      ...[...element.childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? (node.textContent ?? '') : '')),
      element.textContent && element.textContent.length < 600 ? element.textContent : '',
    ]);
  });
}

/** What of the page is in English although the app speaks German: keys, each with what is shown. */
export async function untranslated(page: Page): Promise<string[]> {
  const texts = new Set((await shownTexts(page)).map((text) => text.replace(/\s+/g, ' ').trim()));
  return ENGLISH.flatMap(({ key, words }) =>
    [...texts].filter((text) => words.test(text)).map((text) => `${key}: ${text}`),
  );
}
