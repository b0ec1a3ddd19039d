import type { Page } from '@playwright/test';

/** What the page's main thread did in one frame, milliseconds. */
export interface FrameTimes {
  /** In callbacks of requestAnimationFrame. */
  drawing: number[];
  /** From the first of these until the thread was free again: with style, layout, paint and commit. */
  whole: number[];
}

interface Probe {
  frames: FrameTimes;
  keys: number[];
  longest: number;
}

/** The browser tells of an event's and a long frame's duration so much later at most. */
const REPORTED_MS = 300;

const probe = (page: Page) => page.evaluate(() => Reflect.get(window, 'benchProbe') as Probe);

/** Begins to take the times of the page, those of frames, of keys and of tasks. */
export async function installProbe(page: Page): Promise<void> {
  await page.evaluate(() => {
    const found: Probe = { frames: { drawing: [], whole: [] }, keys: [], longest: 0 };
    Object.assign(window, { benchProbe: found });
    const request = window.requestAnimationFrame.bind(window);
    const free = new MessageChannel();
    let [frame, begin, drawing] = [-1, 0, 0];
    free.port1.onmessage = () => {
      found.frames.drawing.push(drawing);
      found.frames.whole.push(performance.now() - begin);
    };
    window.requestAnimationFrame = (callback) =>
      request((time) => {
        const now = performance.now();
        if (time !== frame) {
          [frame, begin, drawing] = [time, now, 0];
          free.port2.postMessage(null);
        }
        callback(time);
        drawing += performance.now() - now;
      });
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === 'keydown') found.keys.push(duration);
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) found.longest = Math.max(found.longest, duration);
    }).observe({ type: 'long-animation-frame' });
  });
}

export async function resetProbe(page: Page): Promise<void> {
  await page.waitForTimeout(REPORTED_MS);
  await page.evaluate(() => {
    const found = Reflect.get(window, 'benchProbe') as Probe;
    Object.assign(found, { keys: [], longest: 0 });
    Object.assign(found.frames, { drawing: [], whole: [] });
  });
}

export async function readProbe(page: Page): Promise<Probe> {
  await page.waitForTimeout(REPORTED_MS);
  return probe(page);
}
