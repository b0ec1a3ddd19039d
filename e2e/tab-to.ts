import type { Locator } from '@playwright/test';
import type { App } from './app.js';

export const MOST_STOPS = 80;

async function isFocused(target: Locator): Promise<boolean> {
  return (await target.count()) === 1 && target.evaluate((element) => element === document.activeElement);
}

/** Presses Tab until the control has the focus. */
export async function tabTo({ page }: App, target: Locator, key = 'Tab'): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if (await isFocused(target)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${MOST_STOPS} times ${key} do not lead to ${target}.`);
}
