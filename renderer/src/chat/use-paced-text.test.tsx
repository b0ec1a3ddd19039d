// @vitest-environment jsdom
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { usePacedText } from './use-paced-text.js';

let now = 0;
/** What showing a text takes, milliseconds. */
let cost = 0;
const shown: string[] = [];

function Shown({ text }: { text: string }) {
  if (text !== shown.at(-1)) {
    shown.push(text);
    now += cost;
  }
  return text;
}

function Paced({ text, isGrowing }: { text: string; isGrowing: boolean }) {
  return <Shown text={usePacedText(text, isGrowing)} />;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  shown.length = 0;
  now = 0;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pass = (ms: number) =>
  act(() => {
    now += ms;
    vi.advanceTimersByTime(ms);
  });

test('a text that is quick to show is shown as it comes', () => {
  cost = 0;
  const { rerender } = render(<Paced text="a" isGrowing />);
  for (const text of ['ab', 'abc']) rerender(<Paced text={text} isGrowing />);
  expect(shown).toEqual(['a', 'ab', 'abc']);
});

test('one that is slow is shown less often, and never stays behind', () => {
  cost = 20;
  const { rerender, container } = render(<Paced text="a" isGrowing />);
  for (let i = 2; i <= 20; i++) {
    rerender(<Paced text={'a'.repeat(i)} isGrowing />);
    pass(33);
  }
  expect(shown.length).toBeGreaterThan(5);
  expect(shown.length).toBeLessThan(12);
  pass(200);
  expect(container.textContent).toBe('a'.repeat(20));
});

test('one that has ended is shown at once', () => {
  cost = 500;
  const { rerender, container } = render(<Paced text="a" isGrowing />);
  rerender(<Paced text="ab" isGrowing />);
  rerender(<Paced text="abc" isGrowing />);
  expect(container.textContent).toBe('ab');
  rerender(<Paced text="abc" isGrowing={false} />);
  expect(container.textContent).toBe('abc');
});
