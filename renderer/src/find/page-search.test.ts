// @vitest-environment jsdom
import { beforeEach, expect, it } from 'vitest';
import { changedWords, PageSearch } from './page-search.js';

const NONE: ReadonlySet<Element> = new Set();
const observer = new MutationObserver(() => undefined);
let search: PageSearch;

beforeEach(() => {
  document.body.innerHTML = `<main><div class="thread">
    <article data-message="q"><div data-words>A gauge<button>gauge</button></div></article>
    <article data-message="a"><div class="md"><p>The tide <b>gau</b>ge and</p></div><p class="figures">7 tokens</p></article>
  </div></main>`;
  observer.disconnect();
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  search = new PageSearch('gauge');
});

const answer = () => document.querySelector('.md p') as HTMLElement;
const look = () => search.look(document, changedWords(observer.takeRecords()) ?? NONE);
const texts = (ranges: readonly Range[]) => ranges.map((range) => range.toString());

it('finds in words only, and what is the same stays the same', () => {
  const first = look();
  expect(texts(first)).toEqual(['gauge', 'gauge']);
  expect(look()).toBe(first);
});

it('looks again through the words that changed, and only through them', () => {
  const [question, before] = look();
  answer().append(' another gauge');
  const after = look();
  expect(texts(after)).toEqual(['gauge', 'gauge', 'gauge']);
  expect(after[0]).toBe(question);
  expect(after[1]).not.toBe(before);
});

it('takes no notice of what is written beside words', () => {
  look();
  (document.querySelector('.figures') as HTMLElement).textContent = '8 tokens, a gauge';
  expect(changedWords(observer.takeRecords())).toBeNull();
  document.querySelector('article')?.append(document.createElement('svg'));
  expect(changedWords(observer.takeRecords())).toBeNull();
});

it('finds in messages that come, and no more in those that go', () => {
  const [question, old] = look();
  const message = document.createElement('article');
  message.dataset.message = 'b';
  message.innerHTML = '<div class="md">No gauge</div>';
  document.querySelector('.thread')?.append(message);
  expect(look()).toHaveLength(3);
  document.querySelector('article')?.remove();
  const left = look();
  expect(left).toHaveLength(2);
  expect(left).not.toContain(question);
  expect(left[0]).toBe(old);
});

it('finds no more than are counted', () => {
  answer().textContent = 'gauge '.repeat(3000);
  expect(look()).toHaveLength(1000);
});
